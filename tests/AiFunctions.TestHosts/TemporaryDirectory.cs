namespace AiFunctions.TestHosts;

/// <summary>A directory of one test's own, deleted with everything in it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory() => Reaper.Watch(Path);

    public string Path { get; } = Directory.CreateTempSubdirectory("aifunctions-tests-").FullName;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A test may have deleted it.
        }
        catch (IOException)
        {
            // A process that is being ended still writes there; the reaper deletes it when the run is over.
        }
    }
}
