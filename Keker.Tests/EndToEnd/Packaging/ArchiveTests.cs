using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Keker.Tests.EndToEnd.Packaging;

/// <summary>The .tar.gz, and the container image made of a root file system of one file.</summary>
[Platform("Linux")]
internal sealed class ArchiveTests
{
    private TempDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TempDirectory();

    [TearDown]
    public void Drop() => _directory.Dispose();

    [Test]
    public async Task The_archive_has_the_binary_and_what_goes_with_it_and_is_the_same_each_time()
    {
        await File.WriteAllTextAsync(_directory.File("binary"), "#!/bin/sh\n");
        List<byte[]> made = [];
        for (int i = 0; i < 2; i++)
        {
            await PackagingFiles.RunAsync("bash", Script("tar.sh"), _directory.File("binary"), "amd64", "0.1.0", _directory.Path);
            made.Add(await File.ReadAllBytesAsync(_directory.File("kekerd-0.1.0-linux-amd64.tar.gz")));
        }

        Assert.That(made[1], Is.EqualTo(made[0]));
        using var reader = new TarReader(new GZipStream(new MemoryStream(made[0]), CompressionMode.Decompress));
        List<string> files = [];
        while (await reader.GetNextEntryAsync() is { } entry)
        {
            if (entry.DataStream is not null)
                files.Add($"{Convert.ToString((int)entry.Mode, 8)} {entry.Name}");
        }
        Assert.That(files, Is.EquivalentTo((string[])
        [
            "755 kekerd-0.1.0-linux-amd64/kekerd",
            .. ((string[])["LICENSE", "kekerd.env", "kekerd.service", "kekerd.socket", "kekerd.sysusers", .. PackagingFiles.Examples.Select(file => $"examples/{file}")])
                .Select(file => $"644 kekerd-0.1.0-linux-amd64/{file}"),
        ]));
    }

    [Test]
    public async Task An_image_is_what_each_of_its_digests_says_and_runs_as_the_Dockerfile_says()
    {
        Directory.CreateDirectory(_directory.File("root/usr/bin"));
        Directory.CreateDirectory(_directory.File("root/tmp"));
        await File.WriteAllTextAsync(_directory.File("root/usr/bin/kekerd"), "#!/bin/sh\n");
        await PackagingFiles.RunAsync("bash", Script("image.sh"), _directory.File("root"), "amd64", "0.1.0+abc", _directory.Path);
        Directory.CreateDirectory(_directory.File("layout"));
        await TarFile.ExtractToDirectoryAsync(_directory.File("kekerd-0.1.0+abc-amd64.oci.tar"), _directory.File("layout"), overwriteFiles: false);

        Assert.That(await File.ReadAllTextAsync(_directory.File("layout/oci-layout")), Is.EqualTo("""{"imageLayoutVersion":"1.0.0"}"""));
        using JsonDocument index = JsonDocument.Parse(await File.ReadAllBytesAsync(_directory.File("layout/index.json")));
        using JsonDocument manifest = JsonDocument.Parse(Blob(index.RootElement.GetProperty("manifests")[0]));
        using JsonDocument image = JsonDocument.Parse(Blob(manifest.RootElement.GetProperty("config")));
        await using var unpacked = new MemoryStream();
        await using (var layer = new GZipStream(new MemoryStream(Blob(manifest.RootElement.GetProperty("layers")[0])), CompressionMode.Decompress))
            await layer.CopyToAsync(unpacked);
        Assert.That(image.RootElement.GetProperty("rootfs").GetProperty("diff_ids")[0].GetString(), Is.EqualTo(Digest(unpacked.ToArray())));

        JsonElement config = image.RootElement.GetProperty("config");
        JsonElement health = config.GetProperty("Healthcheck");
        Assert.That(new[]
        {
            $"ENV {config.GetProperty("Env")[0]}",
            $"USER {config.GetProperty("User")}",
            $"EXPOSE {config.GetProperty("ExposedPorts").EnumerateObject().Single().Name}",
            $"STOPSIGNAL {config.GetProperty("StopSignal")}",
            $"HEALTHCHECK --interval={Seconds(health, "Interval")}s --timeout={Seconds(health, "Timeout")}s --start-period={Seconds(health, "StartPeriod")}s "
                + $"--retries={health.GetProperty("Retries")} CMD [{string.Join(", ", health.GetProperty("Test").EnumerateArray().Skip(1).Select(word => word.GetRawText()))}]",
            $"ENTRYPOINT {config.GetProperty("Entrypoint").GetRawText()}",
        }, Is.EqualTo(PackagingFiles.Read("Dockerfile").Split("FROM scratch\n")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)));
    }

    private static string Script(string name) => Path.Combine(PackagingFiles.Folder, name);

    private static long Seconds(JsonElement health, string name) => health.GetProperty(name).GetInt64() / 1_000_000_000;

    private static string Digest(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    /// <summary>What a descriptor refers to, after a look whether it is that.</summary>
    private byte[] Blob(JsonElement descriptor)
    {
        string digest = descriptor.GetProperty("digest").GetString()!;
        byte[] bytes = File.ReadAllBytes(_directory.File($"layout/blobs/{digest.Replace(':', '/')}"));
        Assert.That((Digest(bytes), bytes.LongLength), Is.EqualTo((digest, descriptor.GetProperty("size").GetInt64())));
        return bytes;
    }
}
