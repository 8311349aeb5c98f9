//! Read receipts and typing notifications.

use serde::{Deserialize, Serialize};

use crate::store::ReadReceipt;
use crate::store::timestamp::Timestamp;
use crate::wire::error::ApiError;

use super::identifier::Identifier;
use super::required;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatMessageReadReceipt<'a> {
    sender_communication_identifier: Identifier<'a>,
    chat_message_id: String,
    read_on: Timestamp,
}

impl<'a> From<&'a ReadReceipt> for ChatMessageReadReceipt<'a> {
    fn from(receipt: &'a ReadReceipt) -> Self {
        Self {
            sender_communication_identifier: (&receipt.sender).into(),
            chat_message_id: receipt.message.to_string(),
            read_on: receipt.read_on,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendReadReceiptRequest {
    chat_message_id: Option<String>,
}

impl SendReadReceiptRequest {
    pub(crate) fn message_id(self) -> Result<String, ApiError> {
        required("chatMessageId", self.chat_message_id)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendTypingNotificationRequest {
    sender_display_name: Option<String>,
}

impl SendTypingNotificationRequest {
    pub(crate) fn sender_display_name(self) -> String {
        self.sender_display_name.unwrap_or_default()
    }
}
