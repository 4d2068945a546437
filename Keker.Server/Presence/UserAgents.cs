using System.Text;
using System.Text.Unicode;
using Keker.Server.Broker;
using Keker.Server.Options;

namespace Keker.Server.Presence;

/// <summary>What clients say that they are, each text once: a million browsers are a few thousand kinds.</summary>
/// <remarks>Thread-safe. A text is kept for as long as a connection refers to it: nobody fills the table for good.</remarks>
/// <param name="most">Texts at a time.</param>
internal sealed class UserAgents(int most = Limits.UserAgents)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, WeakReference<byte[]>> _byHash = [];
    private int _joins;

    /// <summary>The one copy of a text.</summary>
    /// <param name="value">A field's value as it came.</param>
    /// <returns>At most 256 bytes of it, as valid UTF-8; null for nothing, and where there are as many others as there may be.</returns>
    public byte[]? Find(ReadOnlySpan<byte> value)
    {
        value = Cut(value);
        if (value.IsEmpty)
            return null;
        int hash = TokenComparer.Hash(value);
        lock (_lock)
        {
            bool isKnown = _byHash.TryGetValue(hash, out WeakReference<byte[]>? known);
            if (isKnown && known!.TryGetTarget(out byte[]? text))
                return text.AsSpan().SequenceEqual(value) ? text : null;
            if (!isKnown && !HasRoom())
                return null;
            byte[] added = value.ToArray();
            _byHash[hash] = new WeakReference<byte[]>(added);
            return added;
        }
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> value)
    {
        int end = Math.Min(value.Length, Limits.UserAgentBytes);
        while (end > 0 && end < value.Length && (value[end] & 0xC0) == 0x80)
            end--;
        if (Utf8.IsValid(value[..end]) && (end > 0 || value.IsEmpty))
            return value[..end];

        // Fields are Latin-1 where they are anything (RFC 9110 5.5); each of its bytes is two at most.
        return Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(value[..Math.Min(value.Length, Limits.UserAgentBytes / 2)]));
    }

    /// <summary>Who is refused room looks for texts that nobody has any more, but not each time.</summary>
    private bool HasRoom()
    {
        if (_byHash.Count < most)
            return true;
        if (_joins++ % most == 0)
        {
            foreach ((int hash, WeakReference<byte[]> text) in _byHash)
            {
                if (!text.TryGetTarget(out _))
                    _byHash.Remove(hash);
            }
        }
        return _byHash.Count < most;
    }
}
