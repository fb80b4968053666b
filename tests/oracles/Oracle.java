import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.function.Consumer;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.*;
import org.apache.lucene.index.*;
import org.apache.lucene.queries.intervals.*;
import org.apache.lucene.search.*;
import org.apache.lucene.store.ByteBuffersDirectory;

/** Articles in, one a line; an empty line; queries, one a line. Out, for each query: the numbers of the articles it finds. */
class Oracle {
    private final Iterator<String> tokens;

    private Oracle(String query) {
        tokens = List.of(query.split(" ")).iterator();
    }

    public static void main(String[] none) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(new BufferedOutputStream(System.out), false, StandardCharsets.UTF_8);
        var directory = new ByteBuffersDirectory();
        try (var writer = new IndexWriter(directory, new IndexWriterConfig(new WhitespaceAnalyzer()))) {
            for (String line; !(line = in.readLine()).isEmpty(); ) {
                var article = new Document();
                article.add(new TextField("body", line, Field.Store.NO));
                writer.addDocument(article);
            }
            writer.forceMerge(1); // keeps them in order: their numbers are those of the lines
        }
        var searcher = new IndexSearcher(DirectoryReader.open(directory));
        for (String line; (line = in.readLine()) != null; ) {
            var found = searcher.search(new Oracle(line).query(), 100_000).scoreDocs;
            var numbers = Arrays.stream(found).map(one -> String.valueOf(one.doc)).toArray(String[]::new);
            out.println(String.join(" ", numbers));
        }
        out.flush();
    }

    /** Each operator stands before its numbers and parts: `#and 2 #before 3 a b c`. */
    private Query query() {
        var token = tokens.next();
        switch (token) {
            case "#and": return combined(BooleanClause.Occur.MUST, 0, number());
            case "#or": return combined(BooleanClause.Occur.SHOULD, 1, number());
            case "#atleast": return combined(BooleanClause.Occur.SHOULD, number(), number());
            case "#not": return new BooleanQuery.Builder()
                .add(query(), BooleanClause.Occur.MUST).add(query(), BooleanClause.Occur.MUST_NOT).build();
            default: return new IntervalQuery("body", places(token));
        }
    }

    private Query combined(BooleanClause.Occur occur, int least, int parts) {
        var all = new BooleanQuery.Builder().setMinimumNumberShouldMatch(least);
        for (int part = 0; part < parts; part++) all.add(query(), occur);
        return all.build();
    }

    private IntervalsSource places(String token) {
        switch (token) {
            case "#phrase": return Intervals.phrase(several(number()));
            case "#either": return Intervals.or(several(number()));
            case "#before": return inOrder(number(), several(number()));
            case "#near": return inAnyOrder(number(), several(number()));
            case "#except": return Intervals.notContainedBy(places(tokens.next()), places(tokens.next()));
            case "#apart": return apart(number(), places(tokens.next()), places(tokens.next()));
            case "#times": return times(number(), places(tokens.next()));
            default: return token.endsWith("*")
                ? Intervals.prefix(new org.apache.lucene.util.BytesRef(token.substring(0, token.length() - 1)))
                : Intervals.term(token);
        }
    }

    private static IntervalsSource inOrder(int reach, IntervalsSource... parts) {
        return Intervals.maxgaps(reach, Intervals.ordered(parts));
    }

    /** Not `unordered`, which lets one word serve twice, nor `unorderedNoOverlaps`, which misses some. */
    private static IntervalsSource inAnyOrder(int reach, IntervalsSource... parts) {
        var orders = new ArrayList<IntervalsSource>();
        permute(parts, 0, order -> orders.add(inOrder(reach, order)));
        return Intervals.or(orders.toArray(IntervalsSource[]::new));
    }

    private static void permute(IntervalsSource[] parts, int fixed, Consumer<IntervalsSource[]> use) {
        if (fixed == parts.length) use.accept(parts.clone());
        for (int next = fixed; next < parts.length; next++) {
            Collections.swap(Arrays.asList(parts), fixed, next);
            permute(parts, fixed + 1, use);
            Collections.swap(Arrays.asList(parts), fixed, next);
        }
    }

    /** Lucene measures from position to position, we count the words between. */
    private static IntervalsSource apart(int reach, IntervalsSource left, IntervalsSource right) {
        return Intervals.notWithin(left, reach + 1, right);
    }

    private static IntervalsSource times(int count, IntervalsSource part) {
        return Intervals.ordered(Collections.nCopies(count, part).toArray(IntervalsSource[]::new));
    }

    private IntervalsSource[] several(int parts) {
        var all = new IntervalsSource[parts];
        for (int part = 0; part < parts; part++) all[part] = places(tokens.next());
        return all;
    }

    private int number() {
        return Integer.parseInt(tokens.next());
    }
}
