using Keker.Protocol.Commands;

namespace Keker.Server.Broker;

/// <summary>Whom a message is for, each once, with copies of the names.</summary>
/// <remarks>Not thread-safe. Made once and used again; allocates only where there is more than one name.</remarks>
internal sealed class Recipients
{
    private const int MostBytesKept = 4 * AuthInfo.MaxLength;

    private readonly List<Recipient> _list = new(1);
    private byte[] _names = new byte[AuthInfo.MaxLength];
    private int _length;

    public int Count => _list.Count;

    public bool IsTopic(int index) => _list[index].IsTopic;

    public ReadOnlySpan<byte> Name(int index) => _list[index].NameIn(_names);

    /// <summary>Adds one; nothing when it is there already. The search is linear: a request has not many recipients.</summary>
    /// <param name="name">At most <see cref="AuthInfo.MaxLength"/> bytes; copied.</param>
    /// <param name="isTopic">True for a topic, false for a token: they are separate name spaces.</param>
    public void Add(ReadOnlySpan<byte> name, bool isTopic)
    {
        if (Contains(name, isTopic))
            return;
        if (_length + name.Length > _names.Length)
            Array.Resize(ref _names, Math.Max(_names.Length * 2, _length + name.Length));
        name.CopyTo(_names.AsSpan(_length));
        _list.Add(new Recipient(isTopic, _length, name.Length));
        _length += name.Length;
    }

    /// <summary>Whether it is one of them.</summary>
    public bool Contains(ReadOnlySpan<byte> name, bool isTopic)
    {
        foreach (Recipient other in _list)
        {
            if (other.IsTopic == isTopic && other.NameIn(_names).SequenceEqual(name))
                return true;
        }
        return false;
    }

    public void Clear()
    {
        _list.Clear();
        _length = 0;
        if (_names.Length > MostBytesKept)
            _names = new byte[AuthInfo.MaxLength];
    }
}
