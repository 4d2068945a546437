using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Keker.Protocol.Http;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// Reads a request head the slow way, as Latin-1 text in whole lines with regular expressions, and says what a strict server has to say of it
/// (RFC 9112, and the limits of <see cref="HttpLimits"/>). Shares no code with <see cref="RequestHead"/>.
/// </summary>
internal sealed class HeadOracle
{
    private const string Crlf = "\r\n";
    private static readonly string[] Methods = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "TRACE", "PATCH"];

    private HeadOracle(string text)
    {
        int start = text.StartsWith(Crlf, StringComparison.Ordinal) ? 2 : 0;
        int end = text.IndexOf(Crlf + Crlf, start, StringComparison.Ordinal);
        if (end < 0) return;
        HeadLength = end + 4;
        string[] lines = text[start..end].Split(Crlf);
        bool accepted = ReadRequestLine(lines[0]) && ReadFields(lines[1..]) && ReadHost() && ReadFraming() && ReadConnection();
        Verdict = accepted ? OracleVerdict.Complete : OracleVerdict.Refused;
    }

    public OracleVerdict Verdict { get; }

    public int HeadLength { get; }

    public string Method { get; private set; } = "";

    public bool IsHttp11 { get; private set; }

    public string Path { get; private set; } = "";

    public string Query { get; private set; } = "";

    public string Host { get; private set; } = "";

    public bool IsChunked { get; private set; }

    public long ContentLength { get; private set; }

    public bool KeepAlive { get; private set; }

    public bool Upgrade { get; private set; }

    public List<(string Name, string Value)> Fields { get; } = [];

    public static HeadOracle Read(string latin1) => new(latin1);

    /// <summary>The values of all fields of that name.</summary>
    public List<string> Values(string name) =>
        [.. Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value)];

    /// <summary>The elements of all fields of that name as one list; empty elements too.</summary>
    public List<string> Elements(string name) => [.. Values(name).SelectMany(value => value.Split(',')).Select(Trim)];

    private bool ReadRequestLine(string line)
    {
        Match match = HttpPatterns.RequestLine.Match(line);
        if (!match.Success || line.Length > HttpLimits.MaxRequestLine || match.Groups["major"].Value != "1") return false;
        Method = match.Groups["method"].Value;
        IsHttp11 = match.Groups["minor"].Value != "0";
        return Methods.Contains(Method) && ReadTarget(match.Groups["target"].Value);
    }

    private bool ReadTarget(string target)
    {
        if (target == "*") return Method == "OPTIONS";
        if (!target.StartsWith('/'))
        {
            Match match = HttpPatterns.AbsoluteForm.Match(target);
            Host = match.Groups["authority"].Value;
            if (!match.Success || !HttpPatterns.Host.IsMatch(Host)) return false;
            target = match.Groups["rest"].Value;
        }

        string[] parts = target.Split('?', 2);
        Path = parts[0].Length == 0 ? "/" : parts[0];
        Query = parts.Length == 2 ? parts[1] : "";
        return true;
    }

    private bool ReadFields(string[] lines)
    {
        if (lines.Length > HttpLimits.MaxHeaders || lines.Sum(line => line.Length + 2) > HttpLimits.MaxHeaderBlock) return false;
        foreach (string line in lines)
        {
            Match match = HttpPatterns.FieldLine.Match(line);
            if (!match.Success) return false;
            Fields.Add((match.Groups["name"].Value, Trim(match.Groups["value"].Value)));
        }
        return true;
    }

    private bool ReadHost()
    {
        List<string> hosts = Values("Host");
        if (hosts.Count > 1 || (hosts.Count == 0 && IsHttp11)) return false;
        if (hosts.Count == 0 || hosts[0].Length == 0) return true;
        if (Host.Length == 0) Host = hosts[0];
        return HttpPatterns.Host.IsMatch(hosts[0]);
    }

    private bool ReadFraming()
    {
        List<string> lengths = Values("Content-Length");
        List<string> codings = Values("Transfer-Encoding");
        if (lengths.Count + codings.Count > 1) return false;
        IsChunked = codings.Count == 1;
        if (IsChunked) return IsHttp11 && codings[0].Equals("chunked", StringComparison.OrdinalIgnoreCase);
        if (lengths.Count == 0) return IsHttp11 || Method is not ("PUT" or "POST");
        if (lengths[0].Length is 0 or > 19 || lengths[0].Any(digit => digit is < '0' or > '9')) return false;

        var length = BigInteger.Parse(lengths[0], CultureInfo.InvariantCulture);
        if (length > long.MaxValue) return false;
        ContentLength = (long)length;
        return true;
    }

    private bool ReadConnection()
    {
        List<string> options = Elements("Connection");
        bool Lists(string option) => options.Contains(option, StringComparer.OrdinalIgnoreCase);
        KeepAlive = !Lists("close") && (IsHttp11 || Lists("keep-alive"));
        Upgrade = Lists("upgrade");
        return options.All(option => option.Length == 0 || HttpPatterns.OneToken.IsMatch(option));
    }

    private static string Trim(string value) => value.Trim(' ', '\t');
}
