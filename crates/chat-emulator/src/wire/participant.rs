//! Participants, and those who could not be added.

use serde::{Deserialize, Serialize};

use crate::store::timestamp::Timestamp;
use crate::store::{Failure, FailureReason, Metadata, Participant};
use crate::wire::error::ApiError;
use crate::wire::version::ChatVersion;

use super::identifier::{Identifier, IdentifierRequest};
use super::object::Object;
use super::required;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatParticipant<'a> {
    communication_identifier: Identifier<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
    share_history_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Metadata>,
}

impl<'a> ChatParticipant<'a> {
    pub(crate) fn new(participant: &'a Participant, version: ChatVersion) -> Self {
        let metadata = Some(&participant.metadata);
        Self {
            communication_identifier: (&participant.id).into(),
            display_name: participant.display_name.as_deref(),
            share_history_time: participant.share_history_time,
            metadata: metadata
                .filter(|metadata| version.has_participant_metadata() && !metadata.is_empty()),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatParticipantRequest {
    communication_identifier: Option<Object<IdentifierRequest>>,
    display_name: Option<String>,
    share_history_time: Option<Timestamp>,
    metadata: Option<Metadata>,
}

impl ChatParticipantRequest {
    pub(crate) fn participant(self, version: ChatVersion) -> Result<Participant, ApiError> {
        let metadata = self.metadata.filter(|_| version.has_participant_metadata());
        let Object(id) = required("communicationIdentifier", self.communication_identifier)?;
        Ok(Participant {
            id: id.raw_id()?,
            display_name: self.display_name,
            share_history_time: self.share_history_time.unwrap_or(Timestamp::EPOCH),
            metadata: metadata.unwrap_or_default(),
        })
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct AddChatParticipantsRequest {
    participants: Option<Vec<Object<ChatParticipantRequest>>>,
}

impl AddChatParticipantsRequest {
    pub(crate) fn participants(self, version: ChatVersion) -> Result<Vec<Participant>, ApiError> {
        let participants = required("participants", self.participants)?;
        if participants.is_empty() {
            return Err(ApiError::invalid(
                "participants",
                "The list of participants is empty.",
            ));
        }
        participants
            .into_iter()
            .map(|Object(request)| request.participant(version))
            .collect()
    }
}

/// `{}` when all went well.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddChatParticipantsResult<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) invalid_participants: Vec<ChatError<'a>>,
}

/// Why one participant could not be added; the code is an HTTP status.
#[derive(Debug, Serialize)]
pub(crate) struct ChatError<'a> {
    target: &'a str,
    code: &'static str,
    message: &'static str,
}

impl<'a> ChatError<'a> {
    pub(crate) fn list(failures: &'a [Failure]) -> Vec<Self> {
        failures.iter().map(Self::new).collect()
    }

    fn new(failure: &'a Failure) -> Self {
        let (code, message) = match failure.reason {
            FailureReason::NotFound => ("404", "Not found"),
            FailureReason::NotPermitted => ("403", "Permissions check failed"),
        };
        Self {
            target: failure.target.as_str(),
            code,
            message,
        }
    }
}
