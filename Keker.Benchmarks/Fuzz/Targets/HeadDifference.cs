using Keker.Protocol.Http;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>Compares all that a caller can see of two heads.</summary>
internal static class HeadDifference
{
    /// <summary>The first property in which the two differ, or null.</summary>
    public static string? Find(RequestHead a, RequestHead b)
    {
        if (a.Failure != b.Failure) return $"{nameof(a.Failure)} {a.Failure}/{b.Failure}";
        if (a.HeadLength != b.HeadLength) return $"{nameof(a.HeadLength)} {a.HeadLength}/{b.HeadLength}";
        if (a.Method != b.Method) return nameof(a.Method);
        if (a.IsHttp11 != b.IsHttp11) return nameof(a.IsHttp11);
        if (a.Path != b.Path) return nameof(a.Path);
        if (a.Query != b.Query) return nameof(a.Query);
        if (a.IsAsterisk != b.IsAsterisk) return nameof(a.IsAsterisk);
        if (a.Host != b.Host) return nameof(a.Host);
        if (a.BodyKind != b.BodyKind) return nameof(a.BodyKind);
        if (a.ContentLength != b.ContentLength) return nameof(a.ContentLength);
        if (a.KeepAlive != b.KeepAlive) return nameof(a.KeepAlive);
        if (a.ConnectionUpgrade != b.ConnectionUpgrade) return nameof(a.ConnectionUpgrade);
        if (a.Expect != b.Expect) return nameof(a.Expect);
        if (a.FieldBytes != b.FieldBytes) return nameof(a.FieldBytes);
        if (a.FieldCount != b.FieldCount) return nameof(a.FieldCount);
        for (int i = 0; i < a.FieldCount; i++)
            if (a.NameAt(i) != b.NameAt(i) || a.ValueAt(i) != b.ValueAt(i)) return $"field {i}";
        return null;
    }
}
