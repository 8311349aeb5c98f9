// How a program begins, in four languages.

const endpointOf = (connectionString) => /endpoint=([^;]*)/.exec(connectionString)?.[1] ?? '';

export const snippets = {
  rust: (connectionString) => `use chat::models::TokenScope;
use chat::{ChatClient, CommunicationIdentityClient, CommunicationTokenCredential};

let connection_string = "${connectionString}";
let identity = CommunicationIdentityClient::from_connection_string(connection_string)?;
let (_alice, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
let client = ChatClient::new(identity.endpoint(), CommunicationTokenCredential::new(token)?)?;
let created = client.create_chat_thread("Lunch").await?;
client.chat_thread_client(created.chat_thread().id()).send_message("Pizza?").await?;
`,
  python: (connectionString) => `# The package sends tokens over https only: start the emulator with --tls and trust its certificate.
from azure.communication.chat import ChatClient, CommunicationTokenCredential
from azure.communication.identity import CommunicationIdentityClient, CommunicationTokenScope

identity = CommunicationIdentityClient.from_connection_string("${connectionString}")
user, token = identity.create_user_and_token([CommunicationTokenScope.CHAT])
client = ChatClient("${endpointOf(connectionString)}", CommunicationTokenCredential(token.token))
created = client.create_chat_thread("Lunch")
client.get_chat_thread_client(created.chat_thread.id).send_message("Pizza?")
`,
  javascript: (connectionString) => `// The package sends tokens over https only: start the emulator with --tls and trust its certificate.
import { ChatClient } from "@azure/communication-chat";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CommunicationIdentityClient } from "@azure/communication-identity";

const identity = new CommunicationIdentityClient("${connectionString}");
const { token } = await identity.createUserAndToken(["chat"]);
const client = new ChatClient("${endpointOf(connectionString)}", new AzureCommunicationTokenCredential(token));
const { chatThread } = await client.createChatThread({ topic: "Lunch" });
await client.getChatThreadClient(chatThread.id).sendMessage({ content: "Pizza?" });
`,
  curl: (connectionString) => `# TOKEN is one of a user below.
curl -H "authorization: Bearer $TOKEN" \\
  "${endpointOf(connectionString)}chat/threads?api-version=2025-03-15"
`,
};
