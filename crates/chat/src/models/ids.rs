//! Ids of threads and messages.

use std::fmt;

/// Declares an id: any text the service or the caller gives, checked when it goes into a path.
macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&String> for $name {
            fn from(id: &String) -> Self {
                Self(id.clone())
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// The id of a chat thread, such as `19:…@thread.v2`.
    ///
    /// Any text can be made into one; ids that can't be a path segment (empty, `.`, `..`, or with
    /// `/`, `\`, `?`, `#`, `%` or a control character in them) are refused with
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when they are used.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { client, .. }: Scene) -> Done {
    /// use chat::ErrorKind;
    /// use chat::models::ChatThreadId;
    ///
    /// let id = ChatThreadId::from("19:acsV2_lunch@thread.v2");
    /// assert_eq!(client.chat_thread_client(&id).thread_id(), &id);
    ///
    /// // Nothing is sent for an id that would lead out of its path.
    /// let error = client.chat_thread_client("../users").properties().await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    ChatThreadId
}

id! {
    /// The id of a message within its thread: its creation time in milliseconds, as text.
    ///
    /// Any text can be made into one; see [`ChatThreadId`] for what is refused when it is used.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// use chat::models::ChatMessageId;
    ///
    /// let sent = thread.send_message("Hello").await?;
    /// let stored = sent.id().to_string();
    /// let id = ChatMessageId::from(stored);
    /// assert_eq!(thread.message(&id).await?.id(), sent.id());
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    ChatMessageId
}
