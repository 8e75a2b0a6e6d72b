using System.Security.Cryptography;
using Microsoft.AspNetCore.WebUtilities;

namespace AiFunctions.Local.Startup;

/// <summary>The management key of a laptop: made on the first start, readable by its user only.</summary>
internal static class ManagementKeyFile
{
    /// <summary>Where it is kept, below the current directory.</summary>
    public const string RelativePath = ".local/management-key";

    private const int Bytes = 32;

    /// <summary>Reads the key, or makes it.</summary>
    public static string ReadOrCreate(string directory)
    {
        var path = Path.Combine(directory, RelativePath);
        if (!File.Exists(path))
        {
            Create(path);
        }

        var key = File.ReadAllText(path).Trim();
        return key.Length > 0 ? key : throw new InvalidDataException($"{path} is empty: delete it, and a new management key is made.");
    }

    // Written aside and moved, so that a process that starts at the same time finds the whole key or none.
    private static void Create(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory);
        var draft = Path.Combine(directory, Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(draft, options))
        {
            writer.WriteLine(WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(Bytes)));
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft); // the other process was first
        }
    }
}
