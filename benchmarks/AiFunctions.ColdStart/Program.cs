using System.Globalization;
using AiFunctions.ColdStart;

if (args is ["empty", var url])
{
    EmptyApp.Run(url);
    return 0;
}

if (args.Length is 0 or > 2 || !File.Exists(LocalFrontDoor.ProgramIn(args[0])))
{
    Console.Error.WriteLine("usage: AiFunctions.ColdStart <directory of the published Local host> [runs]");
    return 2;
}

var runs = args.Length == 2 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 15;
await using var front = await LocalFrontDoor.PrepareAsync(Path.GetFullPath(args[0]));
var empty = new List<Start>();
var first = new List<Start>();
var later = new List<Start>();

// In turn, so that whatever else the machine does meets both alike; the first of each only warms the disk's cache.
for (var run = -1; run < runs; run++)
{
    var ofEmpty = await EmptyApp.MeasureAsync();
    var ofFirst = await front.MeasureAsync(first: true);
    var ofLater = await front.MeasureAsync(first: false);
    if (run >= 0)
    {
        empty.Add(ofEmpty);
        first.Add(ofFirst);
        later.Add(ofLater);
    }
}

Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{"ms, median (least to most) of " + runs,-40}{"empty app",20}{"first start",20}{"more",7}{"later start",20}{"more",7}"));
Print("process start to an accepted connection", start => start.Listening);
Print("process start to the first good answer", start => start.Answered);
Print("the second answer", start => start.SecondAnswer);
return 0;

void Print(string what, Func<Start, TimeSpan> figure) => Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{what,-40}{Spread(empty, figure),20}{Spread(first, figure),20}{More(first, figure),7:0}{Spread(later, figure),20}{More(later, figure),7:0}"));

double More(List<Start> starts, Func<Start, TimeSpan> figure) => Median(starts, figure) - Median(empty, figure);

static string Spread(List<Start> starts, Func<Start, TimeSpan> figure) => string.Create(
    CultureInfo.InvariantCulture,
    $"{Median(starts, figure):0} ({starts.Min(figure).TotalMilliseconds:0} to {starts.Max(figure).TotalMilliseconds:0})");

static double Median(List<Start> starts, Func<Start, TimeSpan> figure)
{
    var sorted = starts.Select(start => figure(start).TotalMilliseconds).Order().ToArray();
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
