//! The addresses of the service for notifications. Their queries are secret.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::allocation::Allocation;

/// What is encoded where JSON is part of a query, so that the service finds what its own clients
/// send.
const JSON: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'\\');

/// The version of the protocol's library whose protocol this is.
const PROTOCOL: &str = "2024.14.01.55";

/// How often the client pings, in seconds.
const PING_SECONDS: u64 = super::connection::PING.as_secs();

/// What identifies a client to the service. Made once for each.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    /// The client, and its registration.
    pub(super) endpoint_id: Uuid,
    /// For the service's logs.
    pub(super) correlation_id: Uuid,
    /// The beginning of the client's traces.
    pub(super) trace: String,
    /// When the client was made, in milliseconds since 1970.
    pub(super) made: i128,
}

impl Identity {
    /// The address at which something is allocated: to a new client, or again.
    pub(super) fn allocation(
        &self,
        service: &Url,
        again: Option<&Allocation>,
        attempt: u32,
    ) -> Option<Url> {
        let own = format!(
            "cor_id={}&con_num={}&epid={}",
            self.correlation_id,
            self.connection_number(attempt),
            self.endpoint_id
        );
        match again {
            None => join(service, "v4/a", &own),
            Some(allocation) => {
                let query = format!("{own}&{}&v=v4", parameters(allocation));
                join(&allocation.base, "v4/a", &query)
            }
        }
    }

    /// The address of the handshake.
    pub(super) fn handshake(
        &self,
        allocation: &Allocation,
        attempt: u32,
        now: i128,
    ) -> Option<Url> {
        let query = format!("{}&t={now}", self.query(allocation, attempt));
        join(&allocation.base, "socket.io/1/", &query)
    }

    /// The address of the socket.
    pub(super) fn socket(
        &self,
        allocation: &Allocation,
        attempt: u32,
        session: &str,
    ) -> Option<Url> {
        let mut url = join(&allocation.base, "socket.io/1/websocket", "")?;
        url.path_segments_mut().ok()?.push(session);
        url.set_query(Some(&self.query(allocation, attempt)));
        Some(url)
    }

    fn query(&self, allocation: &Allocation, attempt: u32) -> String {
        let client = json!({
            "cv": PROTOCOL, "ua": "chat-rust", "hr": "", "v": env!("CARGO_PKG_VERSION"),
        });
        let activity = json!({"state": "active", "cv": format!("{}.1", self.trace)});
        let encode =
            |json: &serde_json::Value| utf8_percent_encode(&json.to_string(), JSON).to_string();
        format!(
            "{}&v=v4&tc={}&timeout={PING_SECONDS}&auth=true&epid={}&userActivity={}&ccid={}\
             &cor_id={}&con_num={}",
            parameters(allocation),
            encode(&client),
            self.endpoint_id,
            encode(&activity),
            allocation.client_id,
            self.correlation_id,
            self.connection_number(attempt),
        )
    }

    fn connection_number(&self, attempt: u32) -> String {
        format!("{}_{attempt}", self.made)
    }
}

/// The address of registrations, or of one.
pub(super) fn registration(registrar: &Url, id: Option<Uuid>) -> Option<Url> {
    let path = match id {
        None => "v3/registrations".to_owned(),
        Some(id) => format!("v3/registrations/{id}"),
    };
    let mut url = join(registrar, &path, "")?;
    url.set_query(None);
    Some(url)
}

/// The signed parameters, as they came.
fn parameters(allocation: &Allocation) -> String {
    let pairs = allocation.parameters.iter();
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// Adds a path to that of an address, which may end in a slash or not.
fn join(base: &Url, path: &str, query: &str) -> Option<Url> {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url.set_query((!query.is_empty()).then_some(query));
    url.set_fragment(None);
    (!url.cannot_be_a_base()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn allocation() -> Allocation {
        let parameters = [
            ("sr", "L9Rg"),
            ("se", "1796139031230"),
            ("sig", "Rn8%2Fej="),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Allocation {
            base: url("https://pub.trouter.teams.microsoft.com:443/"),
            callback: "https://pub.trouter.teams.microsoft.com:3443/v4/f/L9Rg/".to_owned(),
            parameters: parameters.into(),
            expires_on: None,
            client_id: "qyyh".to_owned(),
            lasts: None,
            registrar: url("https://teams.microsoft.com/registrar/prod"),
        }
    }

    fn identity() -> Identity {
        Identity {
            endpoint_id: Uuid::from_u128(1),
            correlation_id: Uuid::from_u128(2),
            trace: "CROfjNxnLll+gnRNYmn0nQ".to_owned(),
            made: 1_795_534_231_216,
        }
    }

    #[test]
    fn an_allocation_is_asked_for_where_the_configuration_says_or_where_the_last_one_was() {
        let ids = "cor_id=00000000-0000-0000-0000-000000000002&con_num=1795534231216_1\
                   &epid=00000000-0000-0000-0000-000000000001";
        for service in [
            "https://go.trouter.teams.microsoft.com",
            "https://go.trouter.teams.microsoft.com/",
        ] {
            let first = identity().allocation(&url(service), None, 1).unwrap();
            assert_eq!(
                first.as_str(),
                format!("https://go.trouter.teams.microsoft.com/v4/a?{ids}")
            );
        }
        let again = identity().allocation(&url("https://x.example"), Some(&allocation()), 1);
        assert_eq!(
            again.unwrap().as_str(),
            format!(
                "https://pub.trouter.teams.microsoft.com/v4/a?{ids}\
                 &sr=L9Rg&se=1796139031230&sig=Rn8%2Fej=&v=v4"
            )
        );
    }

    #[test]
    fn handshake_and_socket_have_the_same_query_with_the_parameters_as_they_came() {
        let handshake = identity().handshake(&allocation(), 3, 77).unwrap();
        let socket = identity().socket(&allocation(), 3, "a/b").unwrap();
        let version = env!("CARGO_PKG_VERSION");
        let query = format!(
            "sr=L9Rg&se=1796139031230&sig=Rn8%2Fej=&v=v4&tc=%7B%22cv%22:%222024.14.01.55%22,\
             %22hr%22:%22%22,%22ua%22:%22chat-rust%22,%22v%22:%22{version}%22%7D&timeout=40&auth=true\
             &epid=00000000-0000-0000-0000-000000000001&userActivity=%7B%22cv%22:%22CROfjNxnLll+gnRNYmn0nQ.1\
             %22,%22state%22:%22active%22%7D&ccid=qyyh&cor_id=00000000-0000-0000-0000-000000000002\
             &con_num=1795534231216_3"
        );
        let base = "https://pub.trouter.teams.microsoft.com/socket.io/1";
        assert_eq!(handshake.as_str(), format!("{base}/?{query}&t=77"));
        assert_eq!(socket.as_str(), format!("{base}/websocket/a%2Fb?{query}"));
    }

    #[test]
    fn registrations_are_below_the_registrar() {
        let registrar = url("https://teams.microsoft.com/registrar/prod/");
        assert_eq!(
            registration(&registrar, None).unwrap().as_str(),
            "https://teams.microsoft.com/registrar/prod/v3/registrations"
        );
        let one = registration(&registrar, Some(Uuid::from_u128(1))).unwrap();
        assert!(
            one.path()
                .ends_with("/v3/registrations/00000000-0000-0000-0000-000000000001")
        );
    }
}
