namespace Keker.Tests.Conformance;

/// <summary>One request, as bytes in Latin-1.</summary>
/// <param name="Name">What is special about it; the number is the rule that it belongs to.</param>
/// <param name="Request">Everything that is sent.</param>
/// <param name="Finishes">True when the client then says that nothing more comes.</param>
internal sealed record HttpDifferentialCase(string Name, string Request, bool Finishes = false)
{
    public override string ToString() => Name;
}
