/** How the page of an approval looks: on a phone and on a desk, by day and by night, without anything from elsewhere. */

export const pageStyle = `
:root { color-scheme: light dark; --text: #1c2226; --quiet: #5a656d; --line: #dde2e5; --page: #f4f6f7; --card: #fff; --link: #0b5cad; --go: #0a6b4f; --stop: #ab2741; --note: #fdf3dc; --focus: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --text: #dfe4e7; --quiet: #9aa5ad; --line: #333c43; --page: #14191c; --card: #1c2226; --link: #7fbcf5; --go: #14805f; --stop: #b93a54; --note: #3a3320; --focus: #7fbcf5; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 42rem; margin: 0 auto; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
h1 { margin: 0; font-size: 1.4rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 1.6rem 0 .4rem; font-size: 1rem; }
p { margin: .5rem 0; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: .9rem; }
.note { padding: .6rem .8rem; background: var(--note); border-radius: 6px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 1.2rem 0 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
ul { margin: .3rem 0; padding-left: 1.1rem; }
li { overflow-wrap: anywhere; }
a { color: var(--link); }
code { font: .86em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
del { color: var(--quiet); }
ins { text-decoration: none; }
form { margin-top: 1.6rem; padding-top: 1.2rem; border-top: 1px solid var(--line); }
label { display: block; font-weight: 600; }
textarea { display: block; width: 100%; min-height: 5rem; margin: .4rem 0 1rem; padding: .5rem .6rem; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--quiet); border-radius: 6px; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; }
button { flex: 1 1 9rem; padding: .7rem 1rem; font: 600 1rem/1.2 system-ui, sans-serif; color: #fff; border: 0; border-radius: 6px; cursor: pointer; }
.approve { background: var(--go); }
.reject { background: var(--stop); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
@media (max-width: 30rem) { body { padding: 0; } main { border: 0; border-radius: 0; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
`;
