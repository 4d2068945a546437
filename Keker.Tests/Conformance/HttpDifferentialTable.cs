using static Keker.Tests.Conformance.HttpDifferentialVerdict;

namespace Keker.Tests.Conformance;

/// <summary>Where kekerd and Kestrel disagree: what kekerd does, and why that is meant so. Kestrel does the opposite.</summary>
internal static class HttpDifferentialTable
{
    public static IReadOnlyDictionary<string, (HttpDifferentialVerdict Keker, string Reason)> Known { get; } =
        new Dictionary<string, (HttpDifferentialVerdict, string)>
        {
            ["1: length, then chunks"] = (Refused, "two framings are a smuggling attempt; Kestrel lets the coding win, which RFC 9112 6.3 allows"),
            ["1: chunks, then length"] = (Refused, "as above, in the other order"),
            ["4: length with a plus"] = (Refused, "a length is digits (RFC 9110 8.6); Kestrel parses a sign"),
            ["4: length minus zero"] = (Refused, "as above"),
            ["5: length of 20 digits"] = (Refused, "more digits than any length has; Kestrel skips zeros without end"),
            ["7: two lines of chunked"] = (Refused, "chunked twice is forbidden (RFC 9112 6.1); Kestrel looks at the last coding only"),
            ["7: chunked twice"] = (Refused, "as above, in one line"),
            ["7: gzip, chunked"] = (Refused, "the body would be stored as gzip, unknown to the subscriber; Kestrel hands it on without a word"),
            ["8: an empty element before chunked"] = (Refused, "both are allowed; one spelling of chunked is enough"),
            ["9: chunks in HTTP/1.0"] = (Refused, "HTTP/1.0 has no codings, its framing is faulty (RFC 9112 6.1)"),
            ["11: only line feeds"] = (Refused, "RFC 9112 2.2 allows, and does not ask for, lines without a carriage return; proxies differ"),
            ["11: a line feed after the request line"] = (Refused, "as above"),
            ["11: a line feed after a field"] = (Refused, "as above"),
            ["11: a carriage return in the request line"] = (Refused, "a bare carriage return is invalid (RFC 9112 2.2); Kestrel takes it as part of the path"),
            ["12: parentheses in a name"] = (Refused, "no token (RFC 9110 5.6.2)"),
            ["12: BEL in a value"] = (Refused, "no control bytes in values (RFC 9110 5.5)"),
            ["12: DEL in a value"] = (Refused, "as above"),
            ["13: Latin-1 in a value"] = (Accepted, "bytes above 127 are opaque (RFC 9110 5.5); Kestrel decodes UTF-8 and fails"),
            ["16: a long chunk extension"] = (Refused, "extensions count against a bound of their own (RFC 9112 7.1.1); in Kestrel they count as body"),
            ["17: a chunk extension without a name"] = (Refused, "an extension has a name (RFC 9112 7.1.1); Kestrel skips to the end of the line"),
            ["17: NUL in a chunk extension"] = (Refused, "no control bytes in extensions; Kestrel skips to the end of the line"),
            ["20: an absolute target of another host"] = (Accepted, "the target overrides Host (RFC 9112 3.2.2), and Keker has no virtual hosts; Kestrel wants them equal"),
            ["21: CONNECT"] = (Refused, "Keker is no proxy, and what follows a CONNECT is no HTTP; Kestrel leaves that to the application"),
            ["21: an authority as the target of GET"] = (Refused, "a target of no form that GET has (RFC 9112 3.2); Kestrel says so with 405"),
            ["22: GET *"] = (Refused, "as above"),
            ["23: an unknown method"] = (Refused, "501 is for methods that no endpoint has (RFC 9110 15.6.2); Kestrel leaves them to the application"),
            ["23: a method in small letters"] = (Refused, "methods are case-sensitive, this one is unknown"),
            ["27: HTTP/1.2"] = (Accepted, "a higher minor version is to be read as the highest known one (RFC 9110 2.5); Kestrel knows two versions"),
            ["31: another expectation"] = (Refused, "417 tells the client (RFC 9110 10.1.1); Kestrel ignores it"),
            ["33: GET with a length"] = (Refused, "no endpoint takes a body with GET, and proxies differ in what they do with one"),
            ["33: GET with chunks"] = (Refused, "as above"),
            ["36: an upgrade with a body"] = (Refused, "what follows would be read as frames or as a body, depending on the reader; the application in Kestrel ignores Upgrade"),
            ["36: an upgrade in chunks"] = (Refused, "as above"),
            ["41: NUL escaped in the path"] = (Accepted, "paths are compared and never decoded, so this is one that does not exist: 404"),
        };
}
