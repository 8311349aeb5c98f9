//! Tokens of Microsoft Entra ID.

use std::error::Error as StdError;
use std::sync::Arc;

use super::{AccessToken, CommunicationTokenCredential};

/// The scope that tokens for Communication Services are asked for with (documented).
const SCOPE: &str = "https://communication.azure.com/.default";

/// Anything that gives bearer tokens of Microsoft Entra ID, such as a credential of the crate
/// `azure_identity`:
///
/// ```
/// use chat::{AccessToken, CommunicationIdentityClient, TokenProvider};
/// use time::OffsetDateTime;
///
/// # struct Token { secret: String, expires_on: OffsetDateTime }
/// # struct DeveloperToolsCredential;
/// # impl DeveloperToolsCredential {
/// #     async fn get_token(&self, _: &[&str]) -> Result<Token, std::io::Error> {
/// #         Ok(Token { secret: "eyJ".to_owned(), expires_on: OffsetDateTime::UNIX_EPOCH })
/// #     }
/// # }
/// struct Entra(DeveloperToolsCredential);
///
/// impl TokenProvider for Entra {
///     type Error = Box<dyn std::error::Error + Send + Sync>;
///
///     async fn token(&self, scopes: &[&str]) -> Result<AccessToken, Self::Error> {
///         let token = self.0.get_token(scopes).await?;
///         Ok(AccessToken::new(token.secret, token.expires_on)?)
///     }
/// }
///
/// let endpoint = "https://contoso.communication.azure.com";
/// let entra = Entra(DeveloperToolsCredential);
/// let identity = CommunicationIdentityClient::builder_with_token_provider(endpoint, entra).build()?;
/// assert_eq!(identity.endpoint(), endpoint);
/// # Ok::<(), chat::Error>(())
/// ```
pub trait TokenProvider: Send + Sync + 'static {
    /// Why there is no token. It becomes the source of an [`Error`](crate::Error) of kind
    /// [`Credential`](crate::ErrorKind::Credential).
    type Error: Into<Box<dyn StdError + Send + Sync>> + 'static;

    /// Gives a token for these scopes. Asked again when the token is about to expire or was
    /// refused.
    fn token(
        &self,
        scopes: &[&str],
    ) -> impl Future<Output = Result<AccessToken, Self::Error>> + Send;
}

/// A credential whose tokens a provider gives.
pub(crate) fn entra_credential<P: TokenProvider>(provider: P) -> CommunicationTokenCredential {
    let provider = Arc::new(provider);
    CommunicationTokenCredential::refreshing(move || {
        let provider = Arc::clone(&provider);
        async move { provider.token(&[SCOPE]).await }
    })
}
