//! The schemas whose types `chat-rest` writes by hand.

/// Each schema with its type. Open enums and unions: their types keep what a newer version of the
/// service may answer. And the error, for a thread that was created must not be lost over how the
/// error beside it is written.
pub(crate) const SCHEMAS: &[(&str, &str)] = &[
    ("ChatAttachmentType", "ChatAttachmentType"),
    ("ChatError", "ChatError"),
    ("ChatMessageType", "ChatMessageType"),
    ("ChatRetentionPolicy", "ChatRetentionPolicy"),
    (
        "CommunicationCloudEnvironmentModel",
        "CommunicationCloudEnvironment",
    ),
    (
        "CommunicationIdentifierModelKind",
        "CommunicationIdentifierModelKind",
    ),
    ("CommunicationIdentityTokenScope", "TokenScope"),
    ("RetentionPolicyKind", "RetentionPolicyKind"),
];

/// Whether `chat-rest` has a type of its own for a schema.
pub(crate) fn is_handwritten(schema: &str) -> bool {
    SCHEMAS.iter().any(|(name, _)| *name == schema)
}
