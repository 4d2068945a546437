using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

/// <summary>Field lines that break the grammar of RFC 9112, section 5: the same in a head and in trailers.</summary>
internal static class RefusedFields
{
    public static IEnumerable<(string Field, HttpFailure Failure)> All
    {
        get
        {
            yield return (" X: a\r\n\r\n", HttpFailure.ObsoleteFold);
            yield return ("X: a\r\n b\r\n\r\n", HttpFailure.ObsoleteFold);
            yield return ("X: a\r\n\tb\r\n\r\n", HttpFailure.ObsoleteFold);
            yield return (": a\r\n\r\n", HttpFailure.BadFieldName);
            yield return ("X\r\n\r\n", HttpFailure.MissingColon);
            yield return ("X : a\r\n\r\n", HttpFailure.SpaceBeforeColon);
            yield return ("X\t: a\r\n\r\n", HttpFailure.SpaceBeforeColon);
            yield return ("X Y: a\r\n\r\n", HttpFailure.SpaceBeforeColon);
            yield return ("X\n: a\r\n\r\n", HttpFailure.BareLineFeed);
            yield return ("X: a\n\r\n", HttpFailure.BareLineFeed);
            yield return ("X: a\rb\r\n\r\n", HttpFailure.BareCarriageReturn);
            yield return ("X: a\r\r\n\r\n", HttpFailure.BareCarriageReturn);
            yield return ("\nX: a\r\n\r\n", HttpFailure.BareLineFeed);
            foreach (char c in "()<>@,;\\\"/[]?={}\0\a\x1F\x7F\x80\xFF")
                yield return ($"X{c}Y: a\r\n\r\n", HttpFailure.BadFieldName);
            foreach (char c in "\0\x01\a\b\v\f\x0E\x1B\x1F\x7F")
                yield return ($"X: a{c}b\r\n\r\n", HttpFailure.BadFieldValue);
        }
    }
}
