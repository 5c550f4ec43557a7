//! The module that `#[streams]` puts beside the item. It decides nothing.

use std::fmt::Debug;

use chronologix_schema::settings::{
    EchoOptions,
    keys::{NO_FILES, Value},
    options::EchoTarget,
};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Visibility;

use super::{
    Host,
    check::{Declared, Stream},
};
use crate::{Private, streams_module};

/// Returns the module, and the associated items of a unit struct.
pub(crate) fn expand(declared: &Declared, host: &Host) -> TokenStream {
    let streams = &declared.streams;
    let module = streams_module(Span::call_site());
    let Host { visibility, handle } = host;
    let declaration = declaration(streams, declared.file.as_deref());
    let configs = streams.iter().map(stream_config);
    let mirrors = streams.iter().flat_map(|stream| mirrors(stream, streams));
    let settings = declared.settings.iter().map(setter);
    let echo = echo(&declared.echo);
    let constants = streams.iter().enumerate().map(|(place, stream)| {
        let place = Literal::usize_unsuffixed(place);
        let floor = stream.floor.map(|level| {
            let level = Ident::new(&format!("{level:?}"), Span::mixed_site());
            code!(.compile_min_level(#Private::Level::#level))
        });
        let value = code!(#Private::Stream::declared(declaration::get, #place) #floor);
        constant(stream, streams, visibility, &value)
    });
    let associated = handle
        .as_ref()
        .map(|handle| associated(handle, streams, &module));
    // The declaration has a module to itself: modules and constants have separate namespaces, so a
    // stream may have the same name.
    code! {
        /// The streams of this crate, as declared with `#[chronologix::streams]`.
        #[allow(non_upper_case_globals, dead_code)]
        #visibility mod #module {
            #declaration

            #(#constants)*

            /// Returns the configuration of these streams and their mirrors.
            #visibility fn config() -> #Private::Config {
                declaration::get().config()#(#configs)*#(#mirrors)*#(#settings)*#echo
            }

            /// Discards records that meet no logger, silently: all of them, unless a logger is
            /// started. They count as logged, so that awaiting one gives no error.
            #visibility fn off() {
                declaration::get().off();
            }
        }

        #associated
    }
}

fn declaration(streams: &[Stream], file: Option<&str>) -> TokenStream {
    let count = Literal::usize_unsuffixed(streams.len());
    // Makes the compiler compile the crate again when the file has changed.
    let watch = file.map(|file| {
        code! {
            const _: &::core::primitive::str =
                ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #file));
        }
    });
    let names = streams.iter().map(|stream| &stream.name);
    code! {
        mod declaration {
            #watch

            static DECLARATION: #Private::Declaration<[::core::sync::atomic::AtomicU32; #count]> =
                #Private::Declaration::new(&[#(#names),*]);

            pub(super) fn get() -> &'static #Private::Declaration {
                &DECLARATION
            }
        }
    }
}

/// `.stream(StreamConfig::new("audit").durability("synced"))`
fn stream_config(stream: &Stream) -> TokenStream {
    let name = &stream.name;
    if stream.options.is_empty() {
        return code!(.stream(#name));
    }
    let options = stream.options.iter().map(setter);
    code!(.stream(#Private::StreamConfig::new(#name)#(#options)*))
}

/// `.mirror("errors", "app")`
fn mirrors(stream: &Stream, streams: &[Stream]) -> impl Iterator<Item = TokenStream> {
    let from = &stream.name;
    let targets = stream.targets.iter().map(|target| &streams[*target].name);
    targets.map(move |to| code!(.mirror(#from, #to)))
}

/// `.interval("1h")`. Keys are setters, and their values were checked.
fn setter((key, value): &(&'static str, Value)) -> TokenStream {
    if *key == NO_FILES {
        return match value {
            Value::Flag(true) => code!(.no_files()),
            _ => TokenStream::new(),
        };
    }
    let key = Ident::new(key, Span::mixed_site());
    let value = match value {
        Value::Text(text) => text.to_token_stream(),
        Value::Number(number) => Literal::u64_unsuffixed(*number).into_token_stream(),
        Value::Flag(flag) => flag.to_token_stream(),
    };
    code!(.#key(#value))
}

/// `.echo(Echo::stderr().min_level(Level::Warn))`
fn echo(options: &EchoOptions) -> Option<TokenStream> {
    let variant = |value: &dyn Debug| Ident::new(&format!("{value:?}"), Span::mixed_site());
    let to = match options.to? {
        EchoTarget::Split => code!(split(#Private::Level::Warn)),
        to => {
            let to = Ident::new(to.as_str(), Span::mixed_site());
            code!(#to())
        }
    };
    let level = options.min_level.map(|level| {
        let level = variant(&level);
        code!(.min_level(#Private::Level::#level))
    });
    let streams = options.streams.as_ref().map(|names| {
        let count = Literal::usize_unsuffixed(names.len());
        code!(.streams([#(#names),*] as [&::core::primitive::str; #count]))
    });
    let colors = options.colors.map(|colors| {
        let colors = variant(&colors);
        code!(.colors(#Private::Colors::#colors))
    });
    let format = options.format.map(|format| {
        let format = variant(&format);
        code!(.format(#Private::Format::#format))
    });
    Some(code!(.echo(#Private::Echo::#to #level #streams #colors #format)))
}

/// Returns the constant of a stream. Its tokens seem to stand where the user wrote the name, so
/// that "similarly named constant defined here" points there.
fn constant(
    stream: &Stream,
    streams: &[Stream],
    visibility: &TokenStream,
    value: &TokenStream,
) -> TokenStream {
    let ident = &stream.ident;
    let targets = stream
        .targets
        .iter()
        .map(|target| format!("`{}`", streams[*target].name));
    let targets = targets.collect::<Vec<_>>().join(", ");
    let also = if targets.is_empty() {
        String::new()
    } else {
        format!("; its records also go to {targets}")
    };
    // An editor shows it for the name of the stream.
    let docs = format!(" The stream `{}`{also}.", stream.name);
    let kind = code!(#Private::Stream);
    let here = Span::mixed_site().located_at(ident.span());
    let visibility = visibility.clone().into_iter().map(|mut token| {
        token.set_span(here);
        token
    });
    let visibility: TokenStream = visibility.collect();
    quote_spanned!(here=> #[doc = #docs] #visibility const #ident: #kind = #value;)
}

/// `Logs::config()`, `Logs::app`
fn associated(
    (name, visibility): &(Ident, Visibility),
    streams: &[Stream],
    module: &Ident,
) -> TokenStream {
    let visibility = visibility.to_token_stream();
    let constants = streams.iter().map(|stream| {
        let ident = &stream.ident;
        let value = code!(#module::#ident);
        constant(stream, streams, &visibility, &value)
    });
    code! {
        #[allow(non_upper_case_globals, dead_code)]
        impl #name {
            #(#constants)*

            /// Returns the configuration of these streams and their mirrors.
            #visibility fn config() -> #Private::Config {
                #module::config()
            }

            /// Discards records that meet no logger, silently: all of them, unless a logger is
            /// started. They count as logged, so that awaiting one gives no error.
            #visibility fn off() {
                #module::off();
            }
        }
    }
}
