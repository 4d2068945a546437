using System.Text;

namespace Keker.Protocol.Http;

/// <summary>Enumerates the values of all field lines of one name, in the order they were sent. Get it from <see cref="RequestHead.ValuesOf"/>.</summary>
public ref struct FieldValues
{
    private readonly RequestHead _head;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<byte> _name;
    private int _index;

    internal FieldValues(RequestHead head, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> lowerCaseName)
    {
        _head = head;
        _bytes = bytes;
        _name = lowerCaseName;
        _index = head.MayHaveNameOf(lowerCaseName.Length) ? -1 : head.FieldCount;
    }

    /// <summary>The value at which the enumeration stands.</summary>
    public readonly Slice Current => _head.ValueAt(_index);

    /// <summary>Makes the type usable in <c>foreach</c>.</summary>
    public readonly FieldValues GetEnumerator() => this;

    /// <summary>Goes to the next value; false when there is none.</summary>
    public bool MoveNext()
    {
        while (++_index < _head.FieldCount)
        {
            Slice name = _head.NameAt(_index);
            if (name.Length == _name.Length && Ascii.EqualsIgnoreCase(name.In(_bytes), _name))
                return true;
        }
        return false;
    }
}
