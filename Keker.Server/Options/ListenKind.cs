namespace Keker.Server.Options;

/// <summary>What a listener binds to.</summary>
internal enum ListenKind
{
    Tcp,
    Unix,
}
