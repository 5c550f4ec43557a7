//! The module that `#[streams]` puts beside the item. Decides nothing.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::{
    check::{Declared, Setter, Stream},
    host::{Handle, Host},
    options::{FLOOR, StreamOption},
};
use crate::paths::{CONFIG, DECLARATION, STREAM, STREAM_SPEC, streams_module};

/// The module, and the associated items of a unit struct.
pub(crate) fn expand(declared: &Declared, host: &Host) -> TokenStream {
    let Declared {
        streams,
        setters,
        file,
    } = declared;
    let module = streams_module(Span::call_site());
    let Host { visibility, handle } = host;
    let declaration = declaration(streams, file.as_deref());
    let setters = setters.iter().map(|Setter { name, argument }| {
        let name = Ident::new(name, Span::mixed_site());
        quote_spanned!(Span::mixed_site()=> .#name(#argument))
    });
    let constants = streams.iter().enumerate().map(|(place, stream)| {
        let place = Literal::usize_unsuffixed(place);
        let floor = stream.options.iter().filter(|option| is_floor(option));
        let floor = floor.map(setter);
        let value = quote_spanned! {Span::mixed_site()=>
            #STREAM::declared(declaration::get, #place) #(#floor)*
        };
        constant(stream, streams, visibility, &value)
    });
    let handle = handle
        .as_ref()
        .map(|handle| associated(handle, streams, &module));
    // The declaration has a module to itself because modules and constants cannot be mistaken for each other: no stream is refused its name
    // for it.
    quote_spanned! {Span::mixed_site()=>
        /// The streams of this crate, as declared with `#[chronologix::streams]`.
        #[allow(non_upper_case_globals, dead_code)]
        #visibility mod #module {
            #declaration

            #(#constants)*

            /// The configuration to start the streams with: it knows them and their mirrors.
            #visibility fn config() -> #CONFIG {
                declaration::get().config()#(#setters)*
            }
        }

        #handle
    }
}

fn declaration(streams: &[Stream], file: Option<&str>) -> TokenStream {
    let count = Literal::usize_unsuffixed(streams.len());
    // The compiler notes what it includes, so that the crate is compiled again when the file has changed.
    let watch = file.map(|file| {
        quote_spanned! {Span::mixed_site()=>
            const _: &::core::primitive::str =
                ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #file));
        }
    });
    let specs = streams.iter().map(spec);
    quote_spanned! {Span::mixed_site()=>
        mod declaration {
            #watch

            static LEVELS: [::core::sync::atomic::AtomicU8; #count] =
                [const { ::core::sync::atomic::AtomicU8::new(0) }; #count];

            static DECLARATION: #DECLARATION = #DECLARATION::new(&[#(#specs),*], &LEVELS);

            pub(super) fn get() -> &'static #DECLARATION {
                &DECLARATION
            }
        }
    }
}

fn spec(stream: &Stream) -> TokenStream {
    let name = &stream.name;
    let options = stream.options.iter().filter(|option| !is_floor(option));
    let options = options.map(setter);
    let targets = stream
        .targets
        .iter()
        .map(|place| Literal::usize_unsuffixed(*place));
    let mirror = (!stream.targets.is_empty())
        .then(|| quote_spanned!(Span::mixed_site()=> .mirror(&[#(#targets),*])));
    quote_spanned!(Span::mixed_site()=> #STREAM_SPEC::new(#name) #mirror #(#options)*)
}

/// Whether the option is one of the constant, which the compiler looks at, and none of the running stream.
fn is_floor(option: &StreamOption) -> bool {
    matches!(option, StreamOption::Word { option, .. } if *option == FLOOR)
}

/// `.durability(Durability::Synced)`
fn setter(option: &StreamOption) -> TokenStream {
    match option {
        StreamOption::Word {
            option,
            of,
            variant,
        } => {
            let [option, variant] =
                [option, &**variant].map(|name| Ident::new(name, Span::mixed_site()));
            quote_spanned!(Span::mixed_site()=> .#option(#of::#variant))
        }
        StreamOption::File(name) => quote_spanned!(Span::mixed_site()=> .file(#name)),
        StreamOption::Dedup(millis) => {
            quote_spanned!(Span::mixed_site()=> .dedup(::core::time::Duration::from_millis(#millis)))
        }
    }
}

/// The constant of a stream. All of it seems to stand where the user wrote the name, for the sake of "similarly named constant defined here".
fn constant(
    stream: &Stream,
    streams: &[Stream],
    visibility: &TokenStream,
    value: &TokenStream,
) -> TokenStream {
    let ident = &stream.ident;
    let docs = docs(stream, streams);
    let here = Span::mixed_site().located_at(ident.span());
    let visibility = visibility.clone().into_iter().map(|mut token| {
        token.set_span(here);
        token
    });
    let visibility: TokenStream = visibility.collect();
    quote_spanned!(here=> #[doc = #docs] #visibility const #ident: #STREAM = #value;)
}

/// What an editor shows for the name of a stream.
fn docs(stream: &Stream, streams: &[Stream]) -> String {
    let name = &stream.name;
    let targets: Vec<_> = stream
        .targets
        .iter()
        .map(|place| format!("`{}`", streams[*place].name))
        .collect();
    if targets.is_empty() {
        format!(" The stream `{name}`.")
    } else {
        format!(
            " The stream `{name}`; its records also go to {}.",
            targets.join(", ")
        )
    }
}

/// `Logs::config()`, `Logs::app`
fn associated(handle: &Handle, streams: &[Stream], module: &Ident) -> TokenStream {
    let Handle { name, visibility } = handle;
    let visibility = visibility.to_token_stream();
    let constants = streams.iter().map(|stream| {
        let ident = &stream.ident;
        let value = quote_spanned!(Span::mixed_site()=> #module::#ident);
        constant(stream, streams, &visibility, &value)
    });
    quote_spanned! {Span::mixed_site()=>
        #[allow(non_upper_case_globals, dead_code)]
        impl #name {
            #(#constants)*

            /// The configuration to start the streams with: it knows them and their mirrors.
            #visibility fn config() -> #CONFIG {
                #module::config()
            }
        }
    }
}
