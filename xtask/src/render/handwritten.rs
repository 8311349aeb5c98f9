//! The schemas whose types `chat-rest` writes by hand, under the same names.

/// Open enums and unions: their types keep what a newer version of the service may answer. And the
/// error, for a thread that was created must not be lost over how the error beside it is written.
pub(crate) const SCHEMAS: &[&str] = &[
    "ChatAttachmentType",
    "ChatError",
    "ChatMessageType",
    "ChatRetentionPolicy",
    "CommunicationCloudEnvironmentModel",
    "CommunicationIdentifierModelKind",
    "CommunicationIdentityTokenScope",
    "RetentionPolicyKind",
];

/// Whether `chat-rest` has a type of its own for a schema.
pub(crate) fn is_handwritten(schema: &str) -> bool {
    SCHEMAS.contains(&schema)
}
