//! What the builders of all operations have in common.

/// What is the same in each [`OperationRequest`](crate::transport::OperationRequest) of a type with
/// a field `call`: its operation and the API that has it, what is received and what the caller gets
/// of it (nothing where that is left out), and which fields are the ids in the path.
macro_rules! operation {
    ($operation:ident of $api:ident, [$($kind:ident($id:ident)),*]) => {
        $crate::operations::operation!($operation of $api, () => (), [$($kind($id)),*]);

        fn output(&mut self, (): ()) -> Result<(), $crate::Error> {
            Ok(())
        }
    };
    ($operation:ident of $api:ident, $wire:ty => $output:ty, [$($kind:ident($id:ident)),*]) => {
        const OPERATION: &'static chat_rest::Operation =
            &chat_rest::$api::operations::$operation;
        type Client = chat_rest::$api::Client;
        type Wire = $wire;
        type Output = $output;

        fn call(&self) -> &$crate::transport::Call {
            &self.call
        }

        fn path_ids(&self) -> impl IntoIterator<Item = $crate::transport::PathId<'_>> {
            [$($crate::transport::PathId::$kind(&self.$id)),*]
        }
    };
}

/// Makes a builder awaitable, and gives it the setters of its call.
///
/// `operation_builder!(Builder, Output)` is for a builder with a field `call` that is an
/// [`OperationRequest`](crate::transport::OperationRequest) itself. A third argument names the
/// method that carries out one that makes several requests, a fourth the way to its call.
macro_rules! operation_builder {
    ($builder:ident, $output:ty) => {
        impl $builder {
            async fn carry_out(self) -> Result<$crate::response::Response<$output>, $crate::Error> {
                let deadline = self.call.deadline();
                $crate::transport::send(self, deadline).await
            }
        }

        $crate::operations::operation_builder!($builder, $output, carry_out, call);
    };
    ($builder:ident, $output:ty, $carry_out:ident, $($call:ident).+) => {
        impl $builder {
            /// Sets, for this call alone, when and how often a request is repeated.
            pub fn retry(mut self, options: $crate::RetryOptions) -> Self {
                self.$($call).+.retry = Some(options);
                self
            }

            /// Sets, for this call alone, how long it may take in all; see
            /// [`TransportBuilder::timeout`](crate::builders::TransportBuilder::timeout).
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.$($call).+.timeout = Some(timeout);
                self
            }

            /// Sets, for this call alone, how long one request may take; see
            /// [`TransportBuilder::attempt_timeout`](crate::builders::TransportBuilder::attempt_timeout).
            pub fn attempt_timeout(mut self, timeout: std::time::Duration) -> Self {
                self.$($call).+.attempt_timeout = Some(timeout);
                self
            }

            /// Keeps the body of the response as it was received, for
            /// [`ResponseInfo::raw_json`](crate::response::ResponseInfo::raw_json) of
            /// [`send_with_info`](Self::send_with_info).
            pub fn keep_raw(mut self) -> Self {
                self.$($call).+.keep_body = true;
                self
            }

            /// Sends the request; `.await` on the builder does the same. `tokio::spawn` and
            /// `join_all` want the future that this gives.
            ///
            /// A future that is dropped after the request has left does not take it back.
            ///
            /// # Errors
            /// Those of the client's method that made this builder.
            pub async fn send(self) -> Result<$output, $crate::Error> {
                self.$carry_out().await.map($crate::response::Response::into_value)
            }

            /// As [`send`](Self::send), and gives what came with the result: status, request ids,
            /// retries.
            ///
            /// # Errors
            /// Those of the client's method that made this builder.
            pub async fn send_with_info(self) -> Result<$crate::response::Response<$output>, $crate::Error> {
                self.$carry_out().await
            }
        }

        impl IntoFuture for $builder {
            type Output = Result<$output, $crate::Error>;
            type IntoFuture = futures_core::future::BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }

        impl std::fmt::Debug for $builder {
            /// Shows none of what is to be sent.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($builder)).finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use {operation, operation_builder};
