using System.Text.RegularExpressions;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>The grammar of RFC 9110 and RFC 9112 once more, as regular expressions over Latin-1 text, for oracles.</summary>
internal static partial class HttpPatterns
{
    private const string Token = @"[!#$%&'*+\-.^_`|~0-9A-Za-z]+";
    private const string ValueByte = @"[^\x00-\x08\x0A-\x1F\x7F]";
    private const string Quoted = @"""(?:[^\x00-\x08\x0A-\x1F\x7F""\\]|\\" + ValueByte + @")*""";
    private const string Port = @"(?::[0-9]{0,5})?";

    /// <summary>RFC 9112, section 3.</summary>
    [GeneratedRegex(@"\A(?<method>" + Token + @") (?<target>[\x21-\x7E]+) HTTP/(?<major>[0-9])\.(?<minor>[0-9])\z")]
    public static partial Regex RequestLine { get; }

    /// <summary>RFC 9112, section 5. The value still has the white space around it.</summary>
    [GeneratedRegex(@"\A(?<name>" + Token + "):(?<value>" + ValueByte + @"*)\z")]
    public static partial Regex FieldLine { get; }

    /// <summary>RFC 9112, section 3.2.2.</summary>
    [GeneratedRegex(@"\A[Hh][Tt][Tt][Pp][Ss]?://(?<authority>[^/?#]+)(?<rest>.*)\z")]
    public static partial Regex AbsoluteForm { get; }

    /// <summary>RFC 3986, section 3.2.2, without the comma, and with a loose IPv6 address.</summary>
    [GeneratedRegex(@"\A(?:(?:[!$&'()*+;=\-._~0-9A-Za-z]|%[0-9A-Fa-f]{2})+|\[(?=[^\]]*:[^\]]*:)[0-9A-Fa-f:.]{2,45}\])" + Port + @"\z")]
    public static partial Regex Host { get; }

    /// <summary>RFC 9112, section 7.1.1, without the size: no white space before the end of the line.</summary>
    [GeneratedRegex(@"\A(?:[ \t]*;[ \t]*" + Token + @"(?:[ \t]*=[ \t]*(?:" + Token + "|" + Quoted + @"))?)*\z")]
    public static partial Regex ChunkExtensions { get; }

    [GeneratedRegex(@"\A" + Token + @"\z")]
    public static partial Regex OneToken { get; }
}
