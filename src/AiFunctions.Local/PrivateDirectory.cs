namespace AiFunctions.Local;

/// <summary>A directory that nobody but its owner can look into.</summary>
internal static class PrivateDirectory
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes a directory, or takes others' rights from one that is there.</summary>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    public static void Ensure(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path); // a user's own directories are closed to others there
            return;
        }

        Directory.CreateDirectory(path, OwnersOnly);
        if (File.GetUnixFileMode(path) != OwnersOnly)
        {
            File.SetUnixFileMode(path, OwnersOnly);
        }
    }
}
