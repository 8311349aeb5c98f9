//! Where notifications come from, as the endpoint says.

use chat_rest::chat::Client;
use chat_rest::notifications::{CONFIGURATION_TARGET, Configuration, GET_CONFIGURATION};
use chat_rest::{Error as RestError, Operation};
use url::Url;

use crate::error::Error;
use crate::transport::{Call, OperationRequest, PathId, RestResult, send};

/// Asks the endpoint where notifications come from.
struct GetConfiguration {
    call: Call,
}

impl OperationRequest for GetConfiguration {
    const OPERATION: &'static Operation = &GET_CONFIGURATION;
    type Client = Client;
    type Wire = Configuration;
    type Output = Configuration;

    fn call(&self) -> &Call {
        &self.call
    }

    fn path_ids(&self) -> impl IntoIterator<Item = PathId<'_>> {
        []
    }

    async fn request(&self, client: &Client) -> RestResult<Configuration> {
        let target = format!("{}{CONFIGURATION_TARGET}", self.call.endpoint().as_str());
        let target = Url::parse(&target)
            .map_err(|_| RestError::InvalidRequest("the endpoint takes no path".to_owned()))?;
        client.follow(Self::OPERATION, target).await
    }

    fn output(&mut self, wire: Configuration) -> Result<Configuration, Error> {
        Ok(wire)
    }
}

/// Asks the endpoint where notifications come from;
/// `GET /chat/config/realTimeNotifications?api-version=2024-09-01`.
pub(super) async fn configuration(call: &Call) -> Result<Configuration, Error> {
    let mut request = GetConfiguration { call: call.clone() };
    let deadline = call.deadline();
    Ok(send(&mut request, deadline).await?.into_value())
}
