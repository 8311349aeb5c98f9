//! What the builders of all operations have in common.

/// The [`OperationRequest`](crate::transport::OperationRequest) of a type with a field `call`: its
/// operation, the API that has it, which fields are the ids in the path, and how it is requested.
/// What is received and what the caller gets of it comes last, nothing where that is left out;
/// without a function that makes the one of the other, `output` stands beside this.
macro_rules! operation {
    ($operation:ident of $api:ident, $ids:tt, |$this:ident, $client:ident| $request:expr) => {
        $crate::operations::operation! {
            $operation of $api, $ids, |$this, $client| $request, |_empty: ()| -> () { Ok(()) }
        }
    };
    (
        $operation:ident of $api:ident, $ids:tt, |$this:ident, $client:ident| $request:expr,
        |$received:ident: $wire:ty| -> $output:ty { $read:expr }
    ) => {
        $crate::operations::operation! {
            $operation of $api, $ids, |$this, $client| $request, $wire => $output
        }

        fn output(&mut self, $received: $wire) -> Result<$output, $crate::Error> {
            $read
        }
    };
    (
        $operation:ident of $api:ident, [$($kind:ident($id:ident)),*],
        |$this:ident, $client:ident| $request:expr, $wire:ty => $output:ty
    ) => {
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

        async fn request(
            &$this,
            $client: &Self::Client,
        ) -> $crate::transport::RestResult<$wire> {
            $request
        }
    };
}

/// What an earlier attempt has deleted is not found by a later one.
macro_rules! done_if_not_found {
    () => {
        fn done_by_earlier_attempt(&self, error: &$crate::Error, _: Option<&str>) -> Option<()> {
            error.is_not_found().then_some(())
        }
    };
}

/// The setters of a call, and a `Debug` that shows none of what is to be sent.
macro_rules! call_setters {
    ($builder:ident, $($call:ident).+) => {
        impl $builder {
            /// Sets, for this call alone, when and how often a request is repeated.
            pub fn retry(mut self, options: $crate::RetryOptions) -> Self {
                self.$($call).+.options_mut().retry = Some(options);
                self
            }

            /// Sets, for this call alone, how long it may take in all (of a list, how long each
            /// page may take); see
            /// [`TransportBuilder::timeout`](crate::builders::TransportBuilder::timeout).
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.$($call).+.options_mut().timeout = Some(timeout);
                self
            }

            /// Sets, for this call alone, how long one request may take; see
            /// [`TransportBuilder::attempt_timeout`](crate::builders::TransportBuilder::attempt_timeout).
            pub fn attempt_timeout(mut self, timeout: std::time::Duration) -> Self {
                self.$($call).+.options_mut().attempt_timeout = Some(timeout);
                self
            }

            /// Keeps the JSON as it was received, for
            /// [`ResponseInfo::raw_json`](crate::response::ResponseInfo::raw_json) and
            /// [`Page::raw_items`](crate::paging::Page::raw_items).
            pub fn keep_raw(mut self) -> Self {
                self.$($call).+.options_mut().keep_body = true;
                self
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

/// Makes a builder awaitable, and gives it the setters of its call.
///
/// `operation_builder! { pub struct Builder -> Output { field: Type, [field: Type] } }` makes the
/// type as well: with a field `call`, and a constructor that takes the call and the fields in their
/// order, but for those in brackets, which begin with their default. The builder is an
/// [`OperationRequest`](crate::transport::OperationRequest) itself. `Builder by method -> Output`
/// names the method that carries out one that makes several requests.
///
/// `operation_builder!(Builder, Output, method, call)` is for a type that is made by hand, with the
/// way to its call.
macro_rules! operation_builder {
    (
        $(#[$doc:meta])*
        pub struct $builder:ident -> $output:ty { $($fields:tt)* }
    ) => {
        $crate::operations::operation_builder! {
            $(#[$doc])*
            pub struct $builder by carry_out -> $output { $($fields)* }
        }

        impl $builder {
            async fn carry_out(
                mut self,
            ) -> Result<$crate::response::Response<$output>, $crate::Error> {
                let deadline = self.call.deadline();
                $crate::transport::send(&mut self, deadline).await
            }
        }
    };
    (
        $(#[$doc:meta])*
        pub struct $builder:ident by $carry_out:ident -> $output:ty {
            $($field:ident: $type:ty,)* $([$rest:ident: $default:ty])?
        }
    ) => {
        $(#[$doc])*
        #[must_use = "nothing is sent before the builder is awaited"]
        pub struct $builder {
            call: $crate::transport::Call,
            $($field: $type,)*
            $($rest: $default,)?
        }

        impl $builder {
            pub(crate) fn new(call: $crate::transport::Call $(, $field: $type)*) -> Self {
                Self { call, $($field,)* $($rest: Default::default(),)? }
            }
        }

        $crate::operations::operation_builder!($builder, $output, $carry_out, call);
    };
    ($builder:ident, $output:ty, $carry_out:ident, $($call:ident).+) => {
        impl $builder {
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

            /// As [`send`](Self::send), without async: the calling thread waits.
            ///
            /// # Errors
            /// Those of the client's method that made this builder, and
            /// [`InvalidArgument`]($crate::ErrorKind::InvalidArgument) within a tokio runtime, where
            /// nothing is sent: `.await` the builder there.
            #[cfg(feature = "blocking")]
            pub fn send_blocking(self) -> Result<$output, $crate::Error> {
                self.send_with_info_blocking().map($crate::response::Response::into_value)
            }

            /// As [`send_with_info`](Self::send_with_info), without async: the calling thread
            /// waits.
            ///
            /// # Errors
            /// As [`send_blocking`](Self::send_blocking).
            #[cfg(feature = "blocking")]
            pub fn send_with_info_blocking(self) -> Result<$crate::response::Response<$output>, $crate::Error> {
                let runtime = self.$($call).+.runtime().clone();
                $crate::blocking::block_on(&runtime, self.$carry_out())?
            }
        }

        impl IntoFuture for $builder {
            type Output = Result<$output, $crate::Error>;
            type IntoFuture = futures_core::future::BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }

        $crate::operations::call_setters!($builder, $($call).+);
    };
}

/// The setter of metadata, in a body that has some.
macro_rules! metadata_setter {
    ($(#[$doc:meta])*) => {
        $(#[$doc])*
        pub fn metadata<K: Into<String>, V: Into<String>>(
            mut self,
            entries: impl IntoIterator<Item = (K, V)>,
        ) -> Self {
            $crate::models::extend_metadata(&mut self.body.metadata, entries);
            self
        }
    };
}

/// The setter of a thread's retention policy, in a body that has one.
macro_rules! retention_policy_setter {
    () => {
        /// Sets when the service deletes the thread by itself.
        pub fn retention_policy(mut self, policy: $crate::models::ChatRetentionPolicy) -> Self {
            self.body.retention_policy = Some(policy);
            self
        }
    };
}

pub(crate) use {
    call_setters, done_if_not_found, metadata_setter, operation, operation_builder,
    retention_policy_setter,
};
