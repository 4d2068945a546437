namespace Keker.Protocol.Http;

/// <summary>What <see cref="QueryString.Find"/> found.</summary>
public enum QueryStatus : byte
{
    /// <summary>The key is not there.</summary>
    Absent,

    /// <summary>The key is there once, and its value was decoded.</summary>
    Ok,

    /// <summary>The key is there more than once.</summary>
    Repeated,

    /// <summary>A percent sign in the value is not followed by two hexadecimal digits.</summary>
    BadEscape,

    /// <summary>The decoded value is longer than the caller's space.</summary>
    TooLong,
}
