using System.Security.Cryptography;
using Keker.Protocol.Http;
using Keker.Server.Options;

namespace Keker.Server.Http.Publishing;

/// <summary>Whether a request carries one of the configured keys as `Authorization: Bearer KEY` (RFC 6750 2.1). Thread-safe.</summary>
/// <remarks>
/// Keys are compared in constant time, padded to one length, and with every key: neither how much of a key is right, nor its
/// length, nor which one it is shows in the time. Zeros are no part of a key, so the padding leaves no doubt.
/// </remarks>
internal sealed class PublishKeyCheck
{
    private volatile byte[][] _keys;

    public PublishKeyCheck(IEnumerable<byte[]> keys) => _keys = Pad(keys);

    /// <summary>True when nobody needs a key.</summary>
    public bool IsOpen => _keys.Length == 0;

    /// <summary>Puts other keys in force.</summary>
    public void Replace(IEnumerable<byte[]> keys) => _keys = Pad(keys);

    /// <summary>True when the request shows a key, or none is needed.</summary>
    public bool Passes(RequestHead head, ReadOnlySpan<byte> bytes) => IsOpen || IsKey(BearerField.Find(head, bytes));

    /// <summary>True when a word is one of the keys.</summary>
    public bool IsKey(ReadOnlySpan<byte> shown)
    {
        byte[][] keys = _keys;
        if (shown.Length > Limits.PublishKeyBytes)
            return false;
        Span<byte> padded = stackalloc byte[Limits.PublishKeyBytes];
        padded.Clear();
        shown.CopyTo(padded);
        bool passes = false;
        foreach (byte[] key in keys)
            passes |= CryptographicOperations.FixedTimeEquals(key, padded);
        return passes;
    }

    private static byte[][] Pad(IEnumerable<byte[]> keys)
    {
        List<byte[]> padded = [];
        foreach (byte[] key in keys)
        {
            byte[] full = new byte[Limits.PublishKeyBytes];
            key.CopyTo(full, 0);
            padded.Add(full);
        }
        return [.. padded];
    }
}
