using System.Security.Cryptography;
using System.Text;
using Keker.Protocol.Http;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// <see cref="HandshakeRequest"/> on any complete head: the verdict of an oracle that works on strings, and what it finds where.
/// </summary>
internal sealed class HandshakeTarget() : FuzzTarget("handshake")
{
    public override void Check(byte[] input)
    {
        RequestHead head = new();
        if (head.Parse(input) != ParseStatus.Complete) return;
        HeadOracle oracle = HeadOracle.Read(Encoding.Latin1.GetString(input));
        Property.Same(OracleVerdict.Complete, oracle.Verdict, "complete");

        HandshakeRequest.Result result = HandshakeRequest.Evaluate(head, input, out Slice key);
        Property.Same(Judge(oracle), result, "verdict");
        Property.Holds(result.Status() is 101 or 400 or 405 or 426, "a status that a handshake may get");
        CheckKey(key.In(input), oracle, result == HandshakeRequest.Result.Accept);

        Property.Same(
            (oracle.Values("Origin").Count > 0, oracle.Values("Origin").FirstOrDefault("")),
            (HandshakeRequest.TryGetOrigin(head, input, out Slice origin), Text(origin, input)),
            "origin");
        CheckList(oracle.Values("Sec-WebSocket-Protocol"), HandshakeRequest.Protocols(head, input), input, "sub-protocol");
        CheckList(oracle.Values("Sec-WebSocket-Extensions"), HandshakeRequest.Extensions(head, input), input, "extension");
    }

    /// <summary>RFC 6455, section 4.2.1, in the order of <see cref="HandshakeRequest"/>.</summary>
    private static HandshakeRequest.Result Judge(HeadOracle oracle)
    {
        List<string> versions = oracle.Values("Sec-WebSocket-Version");
        List<string> keys = oracle.Values("Sec-WebSocket-Key");
        if (oracle.Method != "GET") return HandshakeRequest.Result.BadMethod;
        if (!oracle.IsHttp11) return HandshakeRequest.Result.Http10;
        if (oracle.IsChunked || oracle.ContentLength > 0) return HandshakeRequest.Result.HasBody;
        if (!oracle.Elements("Upgrade").Contains("websocket", StringComparer.OrdinalIgnoreCase)) return HandshakeRequest.Result.NotWebSocket;
        if (!oracle.Upgrade) return HandshakeRequest.Result.BadConnection;
        if (versions.Count == 0) return HandshakeRequest.Result.MissingVersion;
        if (versions is not ["13"]) return HandshakeRequest.Result.BadVersion;
        if (keys is not [string key] || !IsKey(key)) return HandshakeRequest.Result.BadKey;
        return oracle.Values("Origin").Count > 1 ? HandshakeRequest.Result.RepeatedOrigin : HandshakeRequest.Result.Accept;
    }

    /// <summary>Encoded again it must be the same: the decoder of .NET skips white space and ignores bits that belong to no byte.</summary>
    private static bool IsKey(string key)
    {
        byte[] decoded = new byte[key.Length];
        return Convert.TryFromBase64String(key, decoded, out int length) && length == 16 && Convert.ToBase64String(decoded, 0, length) == key;
    }

    private static void CheckKey(ReadOnlySpan<byte> key, HeadOracle oracle, bool accepted)
    {
        Property.Same(accepted ? oracle.Values("Sec-WebSocket-Key")[0] : "", Encoding.Latin1.GetString(key), "key");
        if (!accepted) return;
        Span<byte> accept = stackalloc byte[AcceptKey.AcceptLength];
        AcceptKey.Write(key, accept);
#pragma warning disable CA5350 // SHA-1 is what RFC 6455 wants.
        byte[] hash = SHA1.HashData([.. key, .. "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8]);
#pragma warning restore CA5350
        Property.Same(Convert.ToBase64String(hash), Encoding.ASCII.GetString(accept), "answer to the key");
    }

    private static void CheckList(List<string> expected, FieldValues values, byte[] input, string what)
    {
        List<string> actual = [];
        foreach (Slice value in values) actual.Add(Text(value, input));
        Property.Holds(expected.SequenceEqual(actual), $"all {what} lines are found in order");
    }

    private static string Text(Slice slice, byte[] input) => Encoding.Latin1.GetString(slice.In(input));
}
