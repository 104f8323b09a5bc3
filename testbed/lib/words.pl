# SPDX-License-Identifier: GPL-2.0
# Searches files for the words of the glossary's columns "not": see check-words.sh.
#
#	perl words.pl GLOSSARY FILE... -- PROSE_FILE...
use strict;
use warnings;

my ($glossary, @files) = @ARGV;
my $found = 0;

sub contents {
	my ($file) = @_;
	open my $in, '<', $file or die "$file: $!\n";
	local $/;
	return scalar <$in> // '';
}

# Blanks text and keeps its lines, so that what follows keeps its line numbers.
sub blank {
	my ($text) = @_;
	$text =~ s/[^\n]//g;
	return $text;
}

# Returns the rows of the table below a heading, as lists of cells. A missing table must not look like an empty one.
sub table {
	my ($heading) = @_;
	my ($section) = contents($glossary) =~ /^## \Q$heading\E\n(.*?)(?=^## |\z)/ms;
	my @rows = map { [split /\s*\|\s*/] } grep { /^\|/ } split /\n/, $section // '';
	die "$glossary: no table below \"$heading\"\n" if @rows < 3;
	return @rows[2 .. $#rows];
}

# Returns pairs of a pattern and the right word, from the cells at two positions.
sub patterns {
	my ($heading, $not, $right, $options) = @_;
	my @patterns;
	for my $row (table($heading)) {
		for my $word (($row->[$not] // '') =~ /`([^`]+)`/g) {
			my $pattern = quotemeta $word;
			$pattern =~ s/\\\*/[A-Za-z0-9_.]*/g;
			$pattern =~ s/(\\ )+/(?:[\\s*#]+)/g;
			push @patterns, [qr/(?$options)(?<![A-Za-z0-9_])$pattern(?![A-Za-z0-9_])/, $row->[$right]];
		}
	}
	die "$glossary: no words below \"$heading\"\n" unless @patterns;
	return @patterns;
}

# What is prose in a file: of sources the comments, of Markdown all but code.
sub prose {
	my ($file, $text) = @_;
	if ($file =~ /\.(?:[ch]|cc|pml)$/) {
		$text =~ s{(/\*.*?\*/|//[^\n]*)|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|.)}{$1 // blank($2)}gse;
	} elsif ($file =~ /\.md$/) {
		$text =~ s/^(?: {4}|\t)[^\n]*//gm;
		$text =~ s/(`+)([^`]|(?!\1)`)*\1/blank($&)/gse;
	} elsif ($file =~ /\.(?:sh|py|awk|pl|config)$|(?:Makefile|Kbuild|init)$/) {
		$text =~ s/^([^\n]*?)((?:^|\s)#[^\n]*)?$/$2 \/\/ ''/gme;
	}
	return $text;
}

sub search {
	my ($file, $text, @patterns) = @_;
	for my $pattern (@patterns) {
		my ($words, $right) = @$pattern;
		while ($text =~ /$words/g) {
			my $line = 1 + (substr($text, 0, $-[0]) =~ tr/\n//);
			my $word = $& =~ s/\s+/ /gr;
			print "$file:$line: \"$word\", better: $right\n";
			$found++;
		}
	}
}

my @names = (patterns('Terms', 3, 1, ''), patterns('Files', 1, 2, ''));
my @phrases = patterns('Plain English', 1, 2, 'i');
while (@files && (my $file = shift @files) ne '--') {
	search($file, $file, @names);
	search($file, contents($file), @names) if -T $file;
}
search($_, prose($_, contents($_)), @phrases) for @files;
exit($found != 0);
