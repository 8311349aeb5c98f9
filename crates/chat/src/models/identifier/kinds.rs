//! The kinds of identifiers, each with its parts and its raw id.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::raw_id;

/// What every kind of identifier has: a raw id that can be given explicitly, and equality by it.
macro_rules! identifier {
    ($name:ident) => {
        identifier!($name, |identifier, raw_id| identifier.raw_id = raw_id);
    };
    ($name:ident, |$identifier:ident, $raw_id:ident| $set:expr) => {
        impl $name {
            /// Takes this raw id instead of the one that follows from the parts.
            #[must_use]
            pub fn with_raw_id(self, raw_id: impl Into<String>) -> Self {
                let mut $identifier = self;
                let $raw_id: String = raw_id.into();
                $set;
                $identifier
            }

            /// The raw id.
            #[must_use]
            pub fn raw_id(&self) -> &str {
                &self.raw_id
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.raw_id == other.raw_id
            }
        }

        impl Eq for $name {}

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.raw_id.hash(state);
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.raw_id)
            }
        }
    };
}

// Behind the macro, which it uses.
mod teams;

pub use teams::{
    MicrosoftTeamsAppIdentifier, MicrosoftTeamsUserIdentifier, TeamsExtensionUserIdentifier,
};

/// A user of a Communication Services resource, made by the identity service.
///
/// ```
/// use chat::models::{CommunicationIdentifier, CommunicationUserIdentifier};
///
/// let alice = CommunicationUserIdentifier::new("8:acs:resource_alice");
/// assert_eq!(alice.id(), "8:acs:resource_alice");
/// assert_eq!(CommunicationIdentifier::from(alice).raw_id(), "8:acs:resource_alice");
/// ```
#[derive(Clone, Debug)]
pub struct CommunicationUserIdentifier {
    /// Where it is not the raw id.
    id: Option<Box<str>>,
    raw_id: String,
}

identifier!(CommunicationUserIdentifier, |user, raw_id| {
    if raw_id != user.raw_id {
        let before = std::mem::replace(&mut user.raw_id, raw_id);
        user.id.get_or_insert_with(|| before.into());
    }
});

impl CommunicationUserIdentifier {
    /// The user with this id, such as `8:acs:…`.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: None,
            raw_id: id.into(),
        }
    }

    /// The id of the user; the raw id is the same unless it was given explicitly.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.raw_id)
    }
}

impl From<&str> for CommunicationUserIdentifier {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl From<String> for CommunicationUserIdentifier {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

impl From<&CommunicationUserIdentifier> for CommunicationUserIdentifier {
    fn from(user: &CommunicationUserIdentifier) -> Self {
        user.clone()
    }
}

/// A phone number.
///
/// ```
/// use chat::models::PhoneNumberIdentifier;
///
/// let phone = PhoneNumberIdentifier::new("+15551234567");
/// assert_eq!(phone.raw_id(), "4:+15551234567");
/// assert!(!phone.is_anonymous());
/// ```
#[derive(Clone, Debug)]
pub struct PhoneNumberIdentifier {
    value: Box<str>,
    raw_id: String,
}

identifier!(PhoneNumberIdentifier);

impl PhoneNumberIdentifier {
    /// The phone number `value` in E.164 format, such as `+15551234567`.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        let value: String = value.into();
        Self {
            raw_id: raw_id::of_phone_number(&value),
            value: value.into(),
        }
    }

    /// The number in E.164 format.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether this stands for a caller who withholds the number.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        &*self.value == "anonymous"
    }
}

/// An identifier of a kind this version of the library does not know, kept as it is.
///
/// ```
/// use chat::models::{CommunicationIdentifier, UnknownIdentifier};
///
/// let new = CommunicationIdentifier::from_raw_id("99:something-new");
/// assert_eq!(new, UnknownIdentifier::new("99:something-new").into());
/// ```
#[derive(Clone, Debug)]
pub struct UnknownIdentifier {
    raw_id: String,
}

identifier!(UnknownIdentifier);

impl UnknownIdentifier {
    /// The identifier with this raw id.
    #[must_use]
    pub fn new(raw_id: impl Into<String>) -> Self {
        Self {
            raw_id: raw_id.into(),
        }
    }
}
