namespace Keker.Server.Options;

/// <summary>What a listener binds to.</summary>
internal enum ListenKind
{
    Tcp,
    Unix,

    /// <summary>Nothing: whoever has started the process has bound it already.</summary>
    Inherited,
}
