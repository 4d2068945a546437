namespace Keker.Protocol.Http;

/// <summary>Finds a field that may stand in a request once.</summary>
internal static class SingleField
{
    /// <summary>Ok if there is exactly one line of that name, whatever its value; else Absent or Repeated.</summary>
    public static FieldStatus Find(RequestHead head, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> lowerCaseName, out Slice value)
    {
        value = default;
        FieldValues values = head.ValuesOf(bytes, lowerCaseName);
        if (!values.MoveNext())
            return FieldStatus.Absent;
        Slice first = values.Current;
        if (values.MoveNext())
            return FieldStatus.Repeated;
        value = first;
        return FieldStatus.Ok;
    }
}
