using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Keker.Tests.EndToEnd.Packaging;

/// <summary>kubernetes.yaml: what it says of kekerd is so, and its parts fit each other.</summary>
internal sealed class KubernetesTests
{
    private const string Key = "a-key";

    private static readonly YamlNode[] Objects = Load();

    private static YamlNode Deployment => Object("Deployment");

    private static YamlNode Pod => At(Deployment, "spec", "template", "spec");

    private static YamlNode Container => ((YamlSequenceNode)At(Pod, "containers")).Single();

    private static string[] Arguments => [.. ((YamlSequenceNode)At(Container, "args")).Select(word => word.ToString())];

    [Test]
    public void Its_parts_select_each_other()
    {
        YamlNode labels = At(Deployment, "spec", "template", "metadata", "labels");
        Assert.That(At(Deployment, "spec", "selector", "matchLabels"), Is.EqualTo(labels));
        Assert.That(At(Object("Service"), "spec", "selector"), Is.EqualTo(labels));
        Assert.That(At(Object("PodDisruptionBudget"), "spec", "selector", "matchLabels"), Is.EqualTo(labels));

        string[] ports = [.. ((YamlSequenceNode)At(Container, "ports")).Select(port => $"{At(port, "name")} {At(port, "containerPort")}")];
        string[] served = [.. ((YamlSequenceNode)At(Object("Service"), "spec", "ports")).Select(port => $"{At(port, "targetPort")} {At(port, "port")}")];
        Assert.That(ports, Is.EqualTo(new[] { $"pages {Port("--listen")}", $"admin {Port("--admin-listen")}" }));
        Assert.That(served, Is.EqualTo(ports));
        Assert.That(Argument("--publish-key"), Is.EqualTo($"@{At(At(Container, "volumeMounts")[0], "mountPath")}/publish-key"));
    }

    [Test]
    public void A_pod_has_the_time_that_it_needs_to_end()
    {
        int seconds = int.Parse(At(Pod, "terminationGracePeriodSeconds").ToString(), CultureInfo.InvariantCulture);
        int needed = new[] { "--drain-delay", "--drain" }.Sum(name => int.Parse(Argument(name).TrimEnd('s'), CultureInfo.InvariantCulture)) + 7;

        Assert.That(seconds, Is.GreaterThan(needed));
    }

    [Test]
    public void It_runs_with_as_little_as_the_image_needs()
    {
        Assert.That(At(Pod, "securityContext", "runAsNonRoot").ToString(), Is.EqualTo("true"));
        Assert.That(At(Container, "securityContext", "readOnlyRootFilesystem").ToString(), Is.EqualTo("true"));
        Assert.That(PackagingFiles.Read("Dockerfile"), Does.Contain($"USER {At(Pod, "securityContext", "runAsUser")}:{At(Pod, "securityContext", "runAsGroup")}\n"));
    }

    [Test]
    public async Task Kekerd_takes_its_arguments_and_answers_its_probes()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("publish-key"), Key);
        string[] arguments = [.. Arguments.Select(word => word
            .Replace($"0.0.0.0:{Port("--listen")}", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace($"0.0.0.0:{Port("--admin-listen")}", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace("@/run/secrets/kekerd/publish-key", $"@{directory.File("publish-key")}", StringComparison.Ordinal)
            .Replace("=", " ", StringComparison.Ordinal)).SelectMany(word => word.Split(' '))];
        await using KekerProcess keker = await KekerProcess.StartAsync(arguments);
        using var admin = new Backend(keker.AdminEndPoints[0]) { Key = Key };

        foreach (string probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
        {
            Assert.That(At(Container, probe, "httpGet", "port").ToString(), Is.EqualTo("admin"));
            string path = At(Container, probe, "httpGet", "path").ToString();
            Assert.That((await admin.GetAsync(path)).Status, Is.EqualTo(200), path);
        }
        Assert.That((await admin.PublishAsync("one", "text")).Status, Is.EqualTo(404));
    }

    private static YamlNode[] Load()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(PackagingFiles.Read("kubernetes.yaml")));
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    private static YamlNode Object(string kind) => Objects.Single(node => At(node, "kind").ToString() == kind);

    private static YamlNode At(YamlNode node, params string[] path) => path.Aggregate(node, (inner, name) => inner[name]);

    private static string Argument(string name) =>
        Arguments.Single(word => word.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];

    private static string Port(string name) => Argument(name).Split(':')[1];
}
