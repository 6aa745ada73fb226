/// What the description of the API looks like.
enum DocsStyle {
    static let sheet: StaticString = """
        :root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --back: #fff; --code: #f6f8fa;
          --get: #0a5fb4; --post: #1a7f37; --put: #8a5a00; --patch: #8a5a00; --delete: #b42318; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa4af; --line: #30363d; --back: #0d1117;
          --code: #161b22; --get: #6cb6ff; --post: #57ab5a; --put: #daaa3f; --patch: #daaa3f; --delete: #f47067; } }
        * { box-sizing: border-box; }
        body { margin: 0; color: var(--ink); background: var(--back); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
        h1 { font-size: 2rem; } h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
        h3 { margin: 2rem 0 .5rem; font-size: 1.1rem; } h4 { margin: 1rem 0 .3rem; color: var(--soft); font-size: .9rem; }
        nav ul { columns: 20rem; padding-left: 0; list-style: none; font-size: .9rem; }
        article { border-top: 1px solid var(--line); padding-top: .5rem; scroll-margin-top: 1rem; }
        code, pre { font: .85rem/1.45 ui-monospace, monospace; } code { background: var(--code); padding: .1em .3em; }
        pre { background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: .8rem; overflow-x: auto; }
        pre code { padding: 0; } a { color: var(--get); } .access { color: var(--soft); font-size: .9rem; }
        .get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); } .patch { color: var(--patch); }
        .delete { color: var(--delete); }
        table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; font-size: .9rem; }
        th, td { border: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }

        """
}
