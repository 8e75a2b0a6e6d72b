using System.Reflection;

namespace AiFunctions.TestHosts;

/// <summary>Where things are in the working copy that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    /// <summary>The build output of the Local host, of the configuration that the tests were built in.</summary>
    public static string HostDirectory { get; } = Path($"src/AiFunctions.Local/bin/{Configuration()}/net10.0");

    /// <summary>The build output of the Functions app, of the same configuration.</summary>
    public static string FunctionsDirectory { get; } = Path($"src/AiFunctions/bin/{Configuration()}/net10.0");

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    private static string Configuration() => typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Configuration").Value!;

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "Directory.Packages.props")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("These tests run from their build output inside the repository.");
    }
}
