namespace Keker.Protocol.Http;

/// <summary>What became of a field that may stand in a request once.</summary>
public enum FieldStatus : byte
{
    /// <summary>It is not there.</summary>
    Absent,

    /// <summary>It is there once, and valid.</summary>
    Ok,

    /// <summary>It breaks its grammar or its range.</summary>
    Invalid,

    /// <summary>It is there more than once, so that two readers might go by different ones.</summary>
    Repeated,
}
