using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Keker.Protocol.Proxy;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// <see cref="ProxyHeader"/>: the verdict of an oracle made of patterns, at every cut of the input; and <see cref="ForwardedList"/>: what an oracle that splits strings
/// finds in X-Forwarded-For, and an end in Forwarded.
/// </summary>
internal sealed partial class ProxiesTarget() : FuzzTarget("proxies")
{
    private const int LongestLine = 107;

    private static readonly byte[] Signature = "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    public override void Check(byte[] input)
    {
        CheckHeader(input);
        CheckForwarded(input);
    }

    private static void CheckHeader(byte[] input)
    {
        (int Length, string? Address)? expected = Judge(input);
        Span<byte> address = stackalloc byte[ProxyHeader.AddressBytes];
        for (int cut = 0; cut <= Math.Min(input.Length, ProxyHeader.MostBytes + 1); cut++)
        {
            ProxyHeaderStatus status = ProxyHeader.Read(input.AsSpan(0, cut), address, out int addressLength, out int length);
            if (expected is { } header)
            {
                Property.Same(cut < header.Length ? ProxyHeaderStatus.Incomplete : ProxyHeaderStatus.Complete, status, $"the first {cut} bytes");
                if (cut < header.Length)
                    continue;
                Property.Same(header.Length, length, "the length");
                Property.Same(header.Address, addressLength == 0 ? null : new IPAddress(address[..addressLength]).ToString(), "the address");
            }
            else
            {
                Property.Holds(status != ProxyHeaderStatus.Complete, $"the first {cut} bytes are no header");
            }
        }
    }

    private static (int Length, string? Address)? Judge(byte[] input) => input.AsSpan().StartsWith(Signature) ? JudgeBinary(input) : JudgeLine(input);

    private static (int Length, string? Address)? JudgeBinary(byte[] input)
    {
        if (input.Length < 16 || input[12] is not (0x20 or 0x21))
            return null;
        int rest = BinaryPrimitives.ReadUInt16BigEndian(input.AsSpan(14));
        int? needed = input[13] switch { 0 => 0, 0x11 or 0x12 => 12, 0x21 or 0x22 => 36, 0x31 or 0x32 => 216, _ => null };
        bool isLocal = input[12] == 0x20;
        if (needed is null || 16 + rest > ProxyHeader.MostBytes || (!isLocal && rest < needed) || input.Length < 16 + rest)
            return null;
        int bytes = isLocal ? 0 : input[13] switch { 0x11 => 4, 0x21 => 16, _ => 0 };
        return (16 + rest, bytes == 0 ? null : new IPAddress(input.AsSpan(16, bytes)).ToString());
    }

    private static (int Length, string? Address)? JudgeLine(byte[] input)
    {
        Match line = Line().Match(Encoding.Latin1.GetString(input, 0, Math.Min(input.Length, LongestLine)));
        if (!line.Success)
            return null;
        if (!line.Groups["family"].Success)
            return (line.Length, null);
        bool isIpv6 = line.Groups["family"].Value == "6";
        bool arePorts = line.Groups["port"].Captures.All(port => int.Parse(port.Value, CultureInfo.InvariantCulture) <= IPEndPoint.MaxPort);
        string?[] addresses = [.. line.Groups["address"].Captures.Select(address => AddressOf(address.Value, isIpv6))];
        return arePorts && !addresses.Contains(null) ? (line.Length, addresses[0]) : null;
    }

    private static void CheckForwarded(byte[] input)
    {
        Span<byte> address = stackalloc byte[ProxyHeader.AddressBytes];
        string[] elements = Encoding.Latin1.GetString(input).Split(',');
        ForwardedList list = ForwardedList.OfXForwardedFor(input);
        for (int i = elements.Length - 1; i >= 0; i--)
        {
            Property.Holds(list.TryReadLast(address, out int length), "there is one for each comma, and one more");
            Property.Same(NodeOf(elements[i].Trim(' ', '\t')), length == 0 ? null : new IPAddress(address[..length]).ToString(), $"element {i}");
        }
        Property.Holds(!list.TryReadLast(address, out _), "there are no more");
        ForwardedList forwarded = ForwardedList.OfForwarded(input);
        for (int i = 0; forwarded.TryReadLast(address, out int length); i++)
            Property.Holds(i < elements.Length && length is 0 or 4 or 16, "there are no more than commas tell");
    }

    private static string? NodeOf(string element)
    {
        Match node = Node().Match(element);
        return node.Groups["six"].Success ? AddressOf(node.Groups["six"].Value, isIpv6: true)
            : node.Groups["four"].Success ? AddressOf(node.Groups["four"].Value, isIpv6: false)
            : AddressOf(element, isIpv6: true);
    }

    private static string? AddressOf(string text, bool isIpv6)
    {
        if (!isIpv6)
            return Four().IsMatch(text) && text.Split('.').All(number => int.Parse(number, CultureInfo.InvariantCulture) <= 255) ? text : null;
        return text.Length <= 45 && Six().IsMatch(text) && IPAddress.TryParse(text, out IPAddress? ip) ? ip.ToString() : null;
    }

    [GeneratedRegex(@"\APROXY (?:UNKNOWN(?: [^\r\n]*)?|TCP(?<family>[46]) (?:(?<address>[^ \r\n]+) ){2}(?<port>0|[1-9][0-9]{0,4}) (?<port>0|[1-9][0-9]{0,4}))\r\n", RegexOptions.CultureInvariant)]
    private static partial Regex Line();

    [GeneratedRegex(@"\A(?:\[(?<six>[^\]]*)\](?::.*)?|(?<four>[^:]*)(?::[^:]*)?)\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Node();

    [GeneratedRegex(@"\A(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Four();

    [GeneratedRegex(@"\A[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Six();
}
