using Keker.Protocol.Http;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>Whom a message is for, each once: copies of the names, since the head they stand in is gone once the body is read.</summary>
/// <remarks>Not thread-safe. Made once and used again; allocates only where there is more than one name.</remarks>
internal sealed class Recipients
{
    private const int MostBytesKept = 4 * Limits.TokenBytes;

    private readonly List<Recipient> _list = new(1);
    private byte[] _names = new byte[Limits.TokenBytes];
    private int _length;

    public int Count => _list.Count;

    public bool IsTopic(int index) => _list[index].IsTopic;

    public ReadOnlySpan<byte> Name(int index) => _list[index].Name.In(_names);

    /// <summary>Adds one; nothing when it is there already. The search is linear: a head has not many lines.</summary>
    /// <param name="name">At most <see cref="Limits.TokenBytes"/> bytes; copied.</param>
    /// <param name="isTopic">True for a topic, false for a token: they are separate name spaces.</param>
    public void Add(ReadOnlySpan<byte> name, bool isTopic)
    {
        foreach (Recipient other in _list)
        {
            if (other.IsTopic == isTopic && other.Name.In(_names).SequenceEqual(name))
                return;
        }
        if (_length + name.Length > _names.Length)
            Array.Resize(ref _names, Math.Max(_names.Length * 2, _length + name.Length));
        name.CopyTo(_names.AsSpan(_length));
        _list.Add(new Recipient(isTopic, new Slice(_length, name.Length)));
        _length += name.Length;
    }

    public void Clear()
    {
        _list.Clear();
        _length = 0;
        if (_names.Length > MostBytesKept)
            _names = new byte[Limits.TokenBytes];
    }
}
