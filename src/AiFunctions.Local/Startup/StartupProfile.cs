using System.Runtime;

namespace AiFunctions.Local.Startup;

/// <summary>
/// Which methods the just-in-time compiler was asked for at the last start, so that the next compiles them on a second core before they are needed.
/// The runtime keeps names of methods in it and nothing else. A missing, old or broken profile only costs the time that it would have saved.
/// </summary>
internal static class StartupProfile
{
    /// <summary>Where it is kept, below the current directory.</summary>
    public const string RelativePath = ".local/startup-profile";

    // Long enough for a first request; what a host compiles later is not start-up any more. A host that ends before has its profile written then.
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    private static Timer? s_end;

    /// <summary>Compiles what the last profile in a directory names, and begins the next one.</summary>
    public static void Begin(string directory)
    {
        var path = Path.Combine(directory, RelativePath);
        try
        {
            PrivateDirectory.Ensure(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // not ours to write in: start without
        }

        ProfileOptimization.SetProfileRoot(Path.GetDirectoryName(path)!);
        ProfileOptimization.StartProfile(Path.GetFileName(path));
        s_end = new Timer(_ => ProfileOptimization.StartProfile(profile: null), state: null, Length, Timeout.InfiniteTimeSpan);
    }
}
