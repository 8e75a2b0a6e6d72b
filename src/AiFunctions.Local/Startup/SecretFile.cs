using System.Security.Cryptography;
using Microsoft.AspNetCore.WebUtilities;

namespace AiFunctions.Local.Startup;

/// <summary>A secret of a laptop: made on the first start that needs it, readable by its user only.</summary>
internal static class SecretFile
{
    /// <summary>Where the management key is kept, below the current directory.</summary>
    public const string ManagementKey = ".local/management-key";

    /// <summary>Where the secret that keys the stored hashes is kept, below the current directory.</summary>
    public const string HashKey = ".local/hash-key";

    private const int Bytes = 32;
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a secret, or makes it.</summary>
    /// <param name="directory">The current directory.</param>
    /// <param name="relativePath">Which secret: <see cref="ManagementKey"/> or <see cref="HashKey"/>.</param>
    /// <returns>The secret, and whether it has only now been made.</returns>
    /// <exception cref="InvalidDataException">The file is empty.</exception>
    public static (string Secret, bool IsNew) ReadOrCreate(string directory, string relativePath)
    {
        var path = Path.Combine(directory, relativePath);
        PrivateDirectory.Ensure(Path.GetDirectoryName(path)!);
        var isNew = !File.Exists(path) && TryCreate(path);
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != OwnersOnly)
        {
            File.SetUnixFileMode(path, OwnersOnly);
        }

        var secret = File.ReadAllText(path).Trim();
        return secret.Length > 0 ? (secret, isNew) : throw new InvalidDataException($"{path} is empty: delete it, and a new one is made.");
    }

    // Written aside and moved, so that a process that starts at the same time finds the whole secret or none.
    private static bool TryCreate(string path)
    {
        var draft = Path.Combine(Path.GetDirectoryName(path)!, Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnersOnly;
        }

        using (var writer = new StreamWriter(draft, options))
        {
            writer.WriteLine(WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(Bytes)));
        }

        try
        {
            File.Move(draft, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft); // the other process was first
            return false;
        }
    }
}
