namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>A line into a network namespace. In its holes TCP itself gets no answers.</summary>
internal sealed class NamespaceLine(NetworkNamespace network, int line, int port) : ILine
{
    public string Address => $"{network.ServerOn(line)}:{port}";

    public Task BeginHoleAsync() => network.BeginHoleAsync(line);

    public Task EndHoleAsync() => network.EndHoleAsync(line);
}
