using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Keker.Protocol.Http;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// <see cref="QueryString"/>: the verdict of an oracle that works on strings, for every key that is asked for and for some that stand in the
/// query, with room for the value, with just enough, and with one byte less.
/// </summary>
internal sealed partial class QueriesTarget() : FuzzTarget("queries")
{
    private const int Room = 512;
    private const byte Untouched = 0xA5;

    private static readonly string[] Keys = ["token", "topic", "last_event_id", "id"];

    public override void Check(byte[] input)
    {
        string query = Encoding.Latin1.GetString(input);
        string[][] pairs = [.. query.Split('&').Select(pair => pair.Split('=', 2))];
        foreach (string key in Keys.Concat(pairs.Select(pair => pair[0]).Take(3)))
        {
            string[] values = [.. pairs.Where(pair => pair[0] == key).Select(pair => pair.Length == 2 ? pair[1] : "")];
            (QueryStatus status, byte[] value) = Judge(values);
            CheckWith(input, key, status, value, Room);
            CheckWith(input, key, status, value, value.Length);
            if (value.Length > 0) CheckWith(input, key, status, value, value.Length - 1);
        }
    }

    private static (QueryStatus Status, byte[] Value) Judge(string[] values)
    {
        if (values.Length == 0) return (QueryStatus.Absent, []);
        if (values.Length > 1) return (QueryStatus.Repeated, []);
        if (!Encoded().IsMatch(values[0])) return (QueryStatus.BadEscape, []);
        string decoded = Escape().Replace(values[0], match => $"{(char)int.Parse(match.ValueSpan[1..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)}");
        return (QueryStatus.Ok, Encoding.Latin1.GetBytes(decoded));
    }

    private static void CheckWith(byte[] input, string key, QueryStatus status, byte[] value, int room)
    {
        byte[] destination = new byte[room + 1];
        destination[room] = Untouched;
        QueryStatus found = QueryString.Find(input, Encoding.Latin1.GetBytes(key), destination.AsSpan(0, room), out int length);
        string what = $"'{key}' with room for {room}";
        Property.Same(Untouched, destination[room], $"{what}: nothing is written behind it");

        // Where the value is too long and has a bad escape behind that, either may be said.
        bool isEither = status == QueryStatus.BadEscape && found == QueryStatus.TooLong;
        QueryStatus expected = status == QueryStatus.Ok && value.Length > room ? QueryStatus.TooLong : status;
        Property.Holds(isEither || found == expected, $"{what}: {expected}, not {found}");
        Property.SameBytes(expected == QueryStatus.Ok ? value : [], destination.AsSpan(0, length), what);
    }

    [GeneratedRegex(@"\A(?:[^%]|%[0-9A-Fa-f]{2})*\z", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Encoded();

    [GeneratedRegex(@"%..", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
