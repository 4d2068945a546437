using System.Text;
using System.Text.RegularExpressions;
using Keker.Protocol.Deflate;
using Keker.Protocol.Http;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// <see cref="DeflateOffer"/>: the answer of an oracle that works on strings, the same whether the elements come in one line or in many. An
/// input is the values of Sec-WebSocket-Extensions lines with LF between them.
/// </summary>
internal sealed partial class ExtensionsTarget() : FuzzTarget("extensions")
{
    private const string Plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    private const string WithWindowBits = Plain + "; server_max_window_bits=";
    private const string Token = @"[!#$%&'*+\-.^_`|~0-9A-Za-z]";

    private const string Value = "(?:" + Token + @"+|""(?:\\?" + Token + @")+"")";

    [GeneratedRegex(@"\A(?<name>" + Token + @"+)(?:[ \t]*;[ \t]*(?<parameter>" + Token + @"+(?:[ \t]*=[ \t]*" + Value + @")?))*\z")]
    private static partial Regex Extension { get; }

    public override void Check(byte[] input)
    {
        string[] lines = Encoding.Latin1.GetString(input).Split('\n');
        string expected = Judge(lines);
        Property.Same(expected, Answer(lines), "answer");
        CheckAsRequest(lines, expected);

        // One list may come in any number of lines (RFC 6455, section 9.1): all in one, and each element by itself, also with others around.
        string joined = string.Join(',', lines);
        if (joined.Length > DeflateOffer.MaxBytes) return;
        string[] elements = joined.Split(',');
        Property.Same(expected, Answer([joined]), "answer to one line");
        Property.Same(expected, Answer(elements), "answer to each element in a line of its own");
        Cuts cuts = new(input);
        List<string> some = [];
        for (int at = 0; at < elements.Length;)
        {
            int count = Math.Min(cuts.Next(4), elements.Length - at);
            some.Add(string.Join(',', elements.AsSpan(at, count)));
            at += count;
        }

        Property.Same(expected, Answer([.. some]), "answer to a few elements in each line");
    }

    private static string Answer(string[] lines)
    {
        DeflateOffer offer = default;
        foreach (string line in lines) offer.Add(Encoding.Latin1.GetBytes(line));
        return Encoding.ASCII.GetString(offer.Answer);
    }

    /// <summary>The same through a request, where white space at the ends of a line is cut off and so does not count as bytes.</summary>
    private static void CheckAsRequest(string[] lines, string expected)
    {
        string fields = string.Concat(lines.Select(line => $"Sec-WebSocket-Extensions:{line}\r\n"));
        byte[] bytes = Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nHost: h\r\n{fields}\r\n");
        RequestHead head = new();
        if (head.Parse(bytes) != ParseStatus.Complete || lines.Sum(line => line.Length) > DeflateOffer.MaxBytes) return;
        DeflateOffer offer = DeflateOffer.Judge(HandshakeRequest.Extensions(head, bytes), bytes);
        Property.Same(expected, Encoding.ASCII.GetString(offer.Answer), "answer to a request");
    }

    private static string Judge(string[] lines)
    {
        if (lines.Sum(line => line.Length) > DeflateOffer.MaxBytes) return "";
        IEnumerable<string> elements = lines.SelectMany(line => line.Split(',')).Select(element => element.Trim(' ', '\t'));
        Match[] extensions = [.. elements.Where(element => element.Length > 0).Select(element => Extension.Match(element))];
        if (!extensions.All(extension => extension.Success)) return "";
        foreach (Match extension in extensions)
        {
            if (extension.Groups["name"].Value != "permessage-deflate") continue;
            Dictionary<string, string?> parameters = [];
            bool acceptable = extension.Groups["parameter"].Captures.All(capture => AddParameter(parameters, capture.Value));
            if (acceptable) return parameters.TryGetValue("server_max_window_bits", out string? bits) ? WithWindowBits + bits : Plain;
        }

        return "";
    }

    /// <summary>RFC 7692, section 7.1: a server declines what is unknown, repeated, and out of range.</summary>
    private static bool AddParameter(Dictionary<string, string?> parameters, string text)
    {
        string[] parts = text.Split('=', 2);
        string? value = parts.Length == 2 ? parts[1].Trim(' ', '\t').Replace("\"", "").Replace("\\", "") : null;
        string name = parts[0].Trim(' ', '\t');
        bool valid = name switch
        {
            "server_no_context_takeover" or "client_no_context_takeover" => value is null,
            "server_max_window_bits" => IsWindow(value),
            "client_max_window_bits" => value is null || IsWindow(value),
            _ => false,
        };
        return valid && parameters.TryAdd(name, value);
    }

    private static bool IsWindow(string? value) => value is "8" or "9" or "10" or "11" or "12" or "13" or "14" or "15";
}
