//! What the builders of all operations have in common.

/// Makes a builder awaitable: `.await` does what its inherent `send()` does.
macro_rules! operation_builder {
    ($builder:ident, $output:ty) => {
        $crate::operations::operation_builder!($builder, $output, call);
    };
    // With the way from the builder to its call.
    ($builder:ident, $output:ty, $($call:ident).+) => {
        impl $builder {
            /// Sets, for this call alone, when and how often the request is made again.
            pub fn retry(mut self, options: $crate::RetryOptions) -> Self {
                self.$($call).+.set_retry(options);
                self
            }

            /// Sets, for this call alone, how long an attempt may take.
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.$($call).+.set_timeout(timeout);
                self
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

pub(crate) use operation_builder;
