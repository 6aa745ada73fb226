/** What tests need of Node, whose own types are not at hand. */
declare module 'node:test' {
    export function test(name: string, body: () => void | Promise<void>): void;
}

declare module 'node:assert/strict' {
    const assert: {
        equal<Value>(found: Value, expected: Value, message?: string): void;
        deepEqual<Value>(found: Value, expected: Value, message?: string): void;
        ok(found: unknown, message?: string): void;
    };
    export default assert;
}
